#include "store/sql/agents_rows.hpp"

#include "store/sql/engine.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

template <class T>
std::vector<T> load(Connection& connection, const std::string& table, const std::string& order) {
  Statement rows(connection, "SELECT " + column_list<T>() + " FROM " + table + " ORDER BY " + order);
  std::vector<T> all;
  while (rows.step()) all.push_back(read_row<T>(rows));
  return all;
}

}  // namespace

std::vector<model::AgentSettings> load_agent_settings(Connection& connection) {
  return load<model::AgentSettings>(connection, "agent_settings", "name");
}

std::vector<model::Agent> load_agents(Connection& connection, const std::optional<std::string>& name) {
  const std::string named = name ? " WHERE agent_settings.name = ?1" : "";
  std::string columns;
  for_each_column<model::AgentSettings>([&](const std::string& column) { columns += ", agent_settings." + column; });
  Statement rows(connection, "SELECT state" + columns +
                                 " FROM agent_settings LEFT JOIN agents ON agents.name = agent_settings.name" + named +
                                 " ORDER BY agent_settings.name");
  if (name) rows.bind(1, *name);
  std::vector<model::Agent> all;
  while (rows.step()) {
    auto& agent = all.emplace_back();
    if (!rows.is_null(0)) rows.read(0, agent);
    agent.settings = read_row<model::AgentSettings>(rows, 1);
  }
  return all;
}

model::Alerting load_alerting(Connection& connection) {
  model::Alerting alerting;
  Statement revision(connection, "SELECT value FROM meta WHERE name = 'alerting_revision'");
  if (revision.step()) alerting.revision = revision.get<std::uint64_t>(0);
  alerting.rules = load<model::AlertRule>(connection, "alert_rules", "id");
  alerting.silences = load<model::Silence>(connection, "silences", "id");
  return alerting;
}

void grow_alerting_revision(Connection& connection) {
  run(connection,
      "INSERT INTO meta (name, value) VALUES ('alerting_revision', 1) ON CONFLICT (name) DO UPDATE SET value = "
      "meta.value + 1");
}

model::Incident read_incident(const Statement& row) {
  auto incident = row.get<model::Incident>(0);
  incident.key = row.text(1);
  incident.subject = row.text(2);
  return incident;
}

std::vector<model::Incident> load_incidents(Connection& connection, const std::string& rest) {
  Statement rows(connection, "SELECT " + std::string(incident_columns) + " FROM incidents " + rest);
  std::vector<model::Incident> all;
  while (rows.step()) all.push_back(read_incident(rows));
  return all;
}

std::vector<model::Delivery> load_deliveries(Connection& connection, const std::string& rest) {
  Statement rows(connection, "SELECT " + std::string(delivery_columns) + " FROM deliveries " + rest);
  std::vector<model::Delivery> all;
  while (rows.step()) all.push_back(rows.get<model::Delivery>(0));
  return all;
}

}  // namespace davylamp::sql
