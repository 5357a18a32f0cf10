#include <algorithm>

#include "store/memory/reader.hpp"
#include "store/series.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {
namespace {

const LoadTier& tier_in(const Tables& tables, base::Seconds tier) {
  return tier == store::minute ? tables.load_minute : tier == store::hour ? tables.load_hour : tables.load_day;
}

std::vector<store::LoadRow> load_rows(const LoadTier& tier, const contract::HistoryQuery& query) {
  std::vector<store::LoadRow> rows;
  const auto named = [&](const std::string& server) {
    return query.servers.empty() || std::ranges::find(query.servers, server) != query.servers.end();
  };
  for (auto row = tier.loads.lower_bound({query.from, {}}); row != tier.loads.end() && row->first.first < query.to;
       ++row) {
    const auto& [key, load] = *row;
    if (named(key.second)) rows.push_back({key.first, load.bytes.rx_bytes, load.bytes.tx_bytes, load.sessions});
  }
  return rows;
}

}  // namespace

contract::TrafficSeries Reader::session_traffic(model::SessionId id, std::size_t most_points) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<contract::TrafficPoint> points;
  for (const auto& [key, bytes] : tables_->traffic_minute) {
    if (key.second == id) points.push_back({key.first, bytes.rx_bytes, bytes.tx_bytes});
  }
  if (points.empty()) return {};
  return store::traffic(points, store::traffic_step(points.front().at, points.back().at, most_points));
}

contract::TrafficSeries Reader::user_traffic(const std::string& name, base::Time from, base::Time to) {
  const std::lock_guard lock(tables_->mutex);
  const auto step = store::user_traffic_step(from, to);
  std::vector<contract::TrafficPoint> points;
  for (const auto& [key, bytes] : step == store::hour ? tables_->traffic_hour : tables_->traffic_day) {
    const auto& [at, user, server] = key;
    if (user == name && at >= base::floor_to(from, step) && at < to)
      points.push_back({at, bytes.rx_bytes, bytes.tx_bytes});
  }
  return store::traffic(points, static_cast<std::uint64_t>(step.count()));
}

contract::HistorySeries Reader::history(const contract::HistoryQuery& query) {
  const auto step = store::tier_of(query.step_seconds);
  const std::lock_guard lock(tables_->mutex);
  const auto& tier = tier_in(*tables_, step);
  auto aligned = query;
  aligned.from = base::floor_to(query.from, base::Seconds(static_cast<std::int64_t>(query.step_seconds)));
  auto rows = load_rows(tier, aligned);
  if (step != store::minute && query.servers.empty()) {
    auto peaks = tier.peaks;
    for (auto& row : rows) row.sessions = std::exchange(peaks[row.at], 0);
  }
  return store::history(rows, query.step_seconds);
}

contract::Totals Reader::totals(base::Time from, base::Time to, const std::vector<std::string>& servers) {
  const std::lock_guard lock(tables_->mutex);
  contract::Totals totals;
  for (const auto& span : store::tier_spans(from, to)) {
    const contract::HistoryQuery query{.from = span.from, .to = span.to, .step_seconds = 60, .servers = servers};
    for (const auto& row : load_rows(tier_in(*tables_, span.tier), query)) {
      totals.rx_bytes = store::saturating_sum(totals.rx_bytes, row.rx_bytes);
      totals.tx_bytes = store::saturating_sum(totals.tx_bytes, row.tx_bytes);
    }
  }
  for (const auto& [id, stored] : tables_->sessions) {
    const auto& session = stored.session;
    const bool named = servers.empty() || std::ranges::find(servers, session.server) != servers.end();
    if (named && session.opened_at >= store::whole_seconds(from) && session.opened_at < store::whole_seconds(to))
      ++totals.sessions;
  }
  return totals;
}

}  // namespace davylamp::memory
