#include <algorithm>
#include <map>

#include "store/series.hpp"
#include "store/sql/filter.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/tier_sql.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {
namespace {

std::string tier_name(base::Seconds tier) {
  return tier == store::minute ? "minute" : tier == store::hour ? "hour" : "day";
}

struct Span {
  base::Time first{};
  base::Time last{};
};

// From the first to the last row of a tier.
std::optional<Span> span_of(Connection& connection, const std::string& table) {
  Statement ends(connection, "SELECT (SELECT min(at) FROM " + table + "), (SELECT max(at) FROM " + table + ")");
  ends.step();
  if (ends.is_null(0)) return std::nullopt;
  return Span{ends.get<base::Time>(0), ends.get<base::Time>(1)};
}

std::vector<contract::TrafficPoint> points_of(Statement& rows) {
  std::vector<contract::TrafficPoint> points;
  while (rows.step()) {
    points.push_back({rows.get<base::Time>(0), rows.get<std::uint64_t>(1), rows.get<std::uint64_t>(2)});
  }
  return points;
}

std::vector<store::LoadRow> load_rows(Connection& connection, base::Seconds tier, const contract::HistoryQuery& query) {
  Filter filter;
  filter.require_within("at", query.from, query.to);
  filter.require_any("server", query.servers);
  Statement rows(connection, "SELECT at, rx_bytes, tx_bytes, sessions FROM load_" + tier_name(tier) + filter.to_sql() +
                                 " ORDER BY at");
  filter.bind(rows);
  std::vector<store::LoadRow> loads;
  while (rows.step()) {
    loads.push_back({.at = rows.get<base::Time>(0),
                     .rx_bytes = rows.get<std::uint64_t>(1),
                     .tx_bytes = rows.get<std::uint64_t>(2),
                     .sessions = rows.get<std::uint64_t>(3)});
  }
  return loads;
}

// Over all servers, the sum of their peaks would be too much: they need not have been at the same minute.
void set_common_peaks(Connection& connection, base::Seconds tier, std::vector<store::LoadRow>& loads) {
  if (loads.empty()) return;
  Statement rows(connection, "SELECT at, sessions FROM peak_" + tier_name(tier) + " WHERE at BETWEEN ?1 AND ?2");
  rows.bind_all(loads.front().at, loads.back().at);
  std::map<base::Time, std::uint64_t> peaks;
  while (rows.step()) peaks.emplace(rows.get<base::Time>(0), rows.get<std::uint64_t>(1));
  for (auto& load : loads) load.sessions = std::exchange(peaks[load.at], 0);
}

}  // namespace

contract::TrafficSeries Reader::session_traffic(model::SessionId id, std::size_t most_points) {
  Transaction snapshot(connection_, Unit::read);
  const auto found = session(id);
  const auto kept = span_of(connection_, "traffic_minute");
  if (!found || !kept) return {};
  const auto first = std::max(base::floor_to(found->opened_at, store::minute), kept->first);
  const auto last =
      found->state == model::SessionState::open ? kept->last : std::min(*store::closed_at(*found), kept->last);
  Statement rows(connection_, steps_sql(store::minute) +
                                  "SELECT at, rx_bytes, tx_bytes FROM steps JOIN traffic_minute ON at = step_at "
                                  "AND session_id = ?3 ORDER BY at");
  rows.bind_all(first, last, id);
  const auto points = points_of(rows);
  if (points.empty()) return {};
  return store::traffic(points, store::traffic_step(points.front().at, points.back().at, most_points));
}

contract::TrafficSeries Reader::user_traffic(const std::string& name, base::Time from, base::Time to) {
  const auto step = store::user_traffic_step(from, to);
  const auto table = "traffic_" + tier_name(step);
  Transaction snapshot(connection_, Unit::read);
  const auto kept = span_of(connection_, table);
  contract::TrafficSeries none{.step_seconds = static_cast<std::uint64_t>(step.count()), .points = {}};
  if (!kept || from >= to) return none;
  const auto first = std::max(base::floor_to(from, step), kept->first);
  const auto last = std::min(base::floor_to(to - base::Milliseconds(1), step), kept->last);
  Statement rows(connection_, steps_sql(step) + "SELECT at, rx_bytes, tx_bytes FROM steps JOIN " + table +
                                  " ON at = step_at AND \"user\" = ?3 ORDER BY at");
  rows.bind_all(first, last, name);
  return store::traffic(points_of(rows), none.step_seconds);
}

contract::HistorySeries Reader::history(const contract::HistoryQuery& query) {
  const auto tier = store::tier_of(query.step_seconds);
  auto aligned = query;
  aligned.from = base::floor_to(query.from, base::Seconds(static_cast<std::int64_t>(query.step_seconds)));
  Transaction snapshot(connection_, Unit::read);
  auto loads = load_rows(connection_, tier, aligned);
  if (tier != store::minute && query.servers.empty()) set_common_peaks(connection_, tier, loads);
  return store::history(loads, query.step_seconds);
}

contract::Totals Reader::totals(base::Time from, base::Time to, const std::vector<std::string>& servers) {
  Transaction snapshot(connection_, Unit::read);
  contract::Totals totals;
  for (const auto& span : store::tier_spans(from, to)) {
    for (const auto& load : load_rows(connection_, span.tier,
                                      {.from = span.from, .to = span.to, .step_seconds = 60, .servers = servers})) {
      totals.rx_bytes = store::saturating_sum(totals.rx_bytes, load.rx_bytes);
      totals.tx_bytes = store::saturating_sum(totals.tx_bytes, load.tx_bytes);
    }
  }
  for (const std::string state : {"open", "closed"}) {
    Filter filter;
    filter.require("state = '" + state + "'");
    filter.require_within("opened_at", from, to);
    filter.require_any("server", servers);
    const std::string index = state == "open" ? "sessions_open" : "sessions_opened_at";
    Statement count(connection_, "SELECT count(*) FROM sessions INDEXED BY " + index + filter.to_sql());
    filter.bind(count);
    count.step();
    totals.sessions += count.get<std::uint64_t>(0);
  }
  return totals;
}

}  // namespace davylamp::sql
