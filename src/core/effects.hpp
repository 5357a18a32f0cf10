// What the caller should now write to the store and then publish.
#pragma once

#include <vector>

#include "model/change.hpp"
#include "model/command.hpp"
#include "model/ledger.hpp"
#include "model/quota.hpp"

namespace davylamp::core {

struct Effects {
  std::vector<model::Cursor> cursors;
  std::vector<model::StoredSession> sessions;
  std::vector<model::TrafficIncrement> traffic;
  std::vector<model::EndpointSighting> endpoints;
  std::vector<model::ServerLoad> loads;
  std::vector<model::Server> servers;
  std::vector<model::Event> events;
  std::vector<model::UsagePeriod> periods;
  std::vector<model::Reset> resets;
  std::vector<model::Grant> grants;
  std::vector<model::StoredAttempt> attempts;
  std::vector<model::Agent> agents;
  std::vector<model::AgentHour> agent_hours;
  std::vector<model::Incident> incidents;
  std::vector<model::Delivery> deliveries;
  std::vector<model::Change> changes;    // publish these once the rest is committed
  std::vector<model::Command> commands;  // at once: they wait for nothing
};

}  // namespace davylamp::core
