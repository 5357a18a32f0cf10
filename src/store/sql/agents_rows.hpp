// Reading and writing what is kept of agents and alerts. Each within a transaction of the caller, so that all of it is
// of one moment.
#pragma once

#include "contract/store.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

std::vector<model::AgentSettings> load_agent_settings(Connection& connection);
// Those of this name, or all, in order of name. With the settings as they are now; one that was never heard of is
// there, waiting.
std::vector<model::Agent> load_agents(Connection& connection, const std::optional<std::string>& name = {});
model::Alerting load_alerting(Connection& connection);
// The caller's transaction changed something of it.
void grow_alerting_revision(Connection& connection);

// The columns that read_incident() and read_delivery() take.
inline constexpr std::string_view incident_columns = "incident, key, subject";
inline constexpr std::string_view delivery_columns = "delivery";
// `rest` follows FROM incidents (deliveries).
std::vector<model::Incident> load_incidents(Connection& connection, const std::string& rest);
std::vector<model::Delivery> load_deliveries(Connection& connection, const std::string& rest);
model::Incident read_incident(const Statement& row);

}  // namespace davylamp::sql
