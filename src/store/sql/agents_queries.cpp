#include "store/paging.hpp"
#include "store/series.hpp"
#include "store/sql/agents_rows.hpp"
#include "store/sql/filter.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/row.hpp"
#include "store/sql/tier_sql.hpp"

namespace davylamp::sql {
namespace {

constexpr std::string_view incident_order = "-id";

Filter wanted(const contract::IncidentQuery& query) {
  Filter filter;
  if (query.open) filter.require(*query.open ? "state != 'resolved'" : "state = 'resolved'");
  if (query.from) filter.require("(state != 'resolved' OR resolved_at >= ?)", {base::to_unix_seconds(*query.from)});
  if (query.to) filter.require("since_at < ?", {base::to_unix_seconds(*query.to)});
  if (query.severity) filter.require("severity = ?", {base::json::enum_name(*query.severity)});
  if (!query.subject.empty()) filter.require("subject = ?", {std::string_view(query.subject)});
  return filter;
}

std::uint64_t count_incidents(Connection& connection, const Filter& filter) {
  Statement count(connection, "SELECT count(*) FROM incidents" + filter.to_sql());
  filter.bind(count);
  count.step();
  return count.get<std::uint64_t>(0);
}

}  // namespace

std::vector<model::Agent> Reader::agents() {
  Transaction snapshot(connection_, Unit::read);
  return load_agents(connection_);
}

std::optional<model::Agent> Reader::agent(const std::string& name) {
  Transaction snapshot(connection_, Unit::read);
  auto found = load_agents(connection_, name);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<model::AgentHour> Reader::agent_hours(const std::string& agent, base::Time from, base::Time to) {
  Transaction snapshot(connection_, Unit::read);
  const auto first = base::floor_to(from, store::hour);
  std::vector<model::AgentHour> hours;
  const auto columns = column_list<model::AgentHour>();
  if (agent.empty()) {
    Statement rows(connection_,
                   "SELECT " + columns + " FROM agent_hours WHERE at >= ?1 AND at < ?2 ORDER BY agent, at");
    rows.bind_all(first, to);
    while (rows.step()) hours.push_back(read_row<model::AgentHour>(rows));
    return hours;
  }
  Statement ends(connection_, "SELECT (SELECT min(at) FROM agent_hours), (SELECT max(at) FROM agent_hours)");
  ends.step();
  if (ends.is_null(0)) return hours;
  Statement rows(connection_, steps_sql(store::hour) + "SELECT " + columns +
                                  " FROM steps JOIN agent_hours ON at = step_at AND agent = ?3 WHERE at < ?4 "
                                  "ORDER BY at");
  rows.bind_all(std::max(first, ends.get<base::Time>(0)), ends.get<base::Time>(1), agent, to);
  while (rows.step()) hours.push_back(read_row<model::AgentHour>(rows));
  return hours;
}

contract::IncidentPage Reader::incidents(const contract::IncidentQuery& query) {
  const auto limit = store::page_size(query.limit);
  std::optional<store::PageCursor> cursor;
  if (query.cursor) cursor = store::decode(*query.cursor, incident_order);

  Transaction snapshot(connection_, Unit::read);
  auto filter = wanted(query);
  contract::IncidentPage page{.items = {}, .total = count_incidents(connection_, filter), .next_cursor = {}};
  if (cursor) filter.require("id < ?", {cursor->value.number});
  Statement rows(connection_, "SELECT " + std::string(incident_columns) + " FROM incidents" + filter.to_sql() +
                                  " ORDER BY id DESC LIMIT ?");
  rows.bind(filter.bind(rows), static_cast<std::uint64_t>(limit) + 1);
  while (rows.step()) {
    if (page.items.size() == limit) {
      const auto last = static_cast<std::int64_t>(page.items.back().id);
      page.next_cursor = store::encode({std::string(incident_order), {last, {}}, {}});
      break;
    }
    page.items.push_back(read_incident(rows));
  }
  return page;
}

std::optional<model::Incident> Reader::incident(std::uint64_t id) {
  Statement row(connection_, "SELECT " + std::string(incident_columns) + " FROM incidents WHERE id = ?1");
  row.bind_all(id);
  if (!row.step()) return std::nullopt;
  return read_incident(row);
}

std::vector<model::Delivery> Reader::deliveries(std::uint64_t incident_id, std::size_t limit) {
  Statement rows(connection_, "SELECT " + std::string(delivery_columns) + " FROM deliveries" +
                                  (incident_id == 0 ? "" : " WHERE incident_id = ?2") + " ORDER BY id DESC LIMIT ?1");
  rows.bind_all(static_cast<std::uint64_t>(store::page_size(limit)));
  if (incident_id != 0) rows.bind(2, incident_id);
  std::vector<model::Delivery> deliveries;
  while (rows.step()) deliveries.push_back(rows.get<model::Delivery>(0));
  return deliveries;
}

}  // namespace davylamp::sql
