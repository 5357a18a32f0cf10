#include "store/sql/agent_writer.hpp"

#include <algorithm>

#include "store/agents_rules.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

std::string hour_sql() {
  return "INSERT INTO agent_hours (" + column_list<model::AgentHour>() + ") SELECT " +
         cast_parameter_list<model::AgentHour>() +
         " WHERE EXISTS (SELECT 1 FROM agent_settings WHERE name = ?1) ON CONFLICT (at, agent) DO UPDATE SET " +
         replacement_list<model::AgentHour>({"at", "agent"});
}

}  // namespace

// ?1 of an hour is its agent: the first member.
AgentWriter::AgentWriter(Connection& connection)
    : agent_(connection,
             "INSERT INTO agents (name, state) SELECT CAST(?1 AS TEXT), CAST(?2 AS TEXT) WHERE EXISTS (SELECT 1 FROM "
             "agent_settings WHERE name = "
             "?1) ON CONFLICT (name) DO UPDATE SET state = excluded.state"),
      hour_(connection, hour_sql()),
      incident_(connection,
                "INSERT INTO incidents (id, key, condition, subject, severity, state, since_at, resolved_at, "
                "incident) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET "
                "key = excluded.key, condition = excluded.condition, subject = excluded.subject, severity = "
                "excluded.severity, "
                "state = excluded.state, since_at = excluded.since_at, resolved_at = excluded.resolved_at, "
                "incident = excluded.incident"),
      no_incident_(connection, "DELETE FROM incidents WHERE id = ?1"),
      delivery_(connection,
                "INSERT INTO deliveries (id, incident_id, channel, state, made_at, delivery) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET incident_id = excluded.incident_id, "
                "channel = excluded.channel, state = excluded.state, made_at = excluded.made_at, "
                "delivery = excluded.delivery") {}

void AgentWriter::write(const std::vector<model::Agent>& agents) {
  for (const auto& agent : agents) {
    agent_.bind_all(agent.settings.name, agent);
    agent_.post();
  }
}

void AgentWriter::write(const std::vector<model::AgentHour>& hours) {
  for (const auto& hour : hours) {
    bind_row(hour_, 1, hour);
    hour_.post();
  }
}

void AgentWriter::write(const model::Incident& incident) {
  if (store::came_to_nothing(incident)) {
    no_incident_.bind_all(incident.id);
    no_incident_.post();
    return;
  }
  const auto resolved_at = incident.state == model::IncidentState::resolved
                               ? std::optional(incident.resolved_at.value_or(incident.since_at))
                               : std::nullopt;
  incident_.bind_all(incident.id, incident.key, incident.condition, incident.subject, incident.severity, incident.state,
                     incident.since_at, resolved_at, incident);
  incident_.post();
}

std::uint64_t AgentWriter::write(const std::vector<model::Incident>& incidents, std::uint64_t next_id) {
  for (const auto& incident : incidents) {
    write(incident);
    next_id = std::max(next_id, incident.id + 1);
  }
  return next_id;
}

std::uint64_t AgentWriter::write(const std::vector<model::Delivery>& deliveries, std::uint64_t next_id) {
  for (const auto& delivery : deliveries) {
    delivery_.bind_all(delivery.id, delivery.incident_id, delivery.channel, delivery.state, delivery.made_at, delivery);
    delivery_.post();
    next_id = std::max(next_id, delivery.id + 1);
  }
  return next_id;
}

}  // namespace davylamp::sql
