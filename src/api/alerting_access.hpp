// What the calls about agents, alerts and nodes work with, beside the rest.
#pragma once

#include <functional>
#include <vector>

#include "api/dto/alerts.hpp"
#include "api/dto/nodes.hpp"
#include "contract/store.hpp"
#include "io/task.hpp"
#include "io/worker.hpp"
#include "model/agent_history.hpp"

namespace davylamp::api {

// Everything must be set before such a call is served, and outlive the service.
struct AlertingAccess {
  io::Worker<contract::AgentStore>* agents = nullptr;
  io::Worker<contract::AlertStore>* alerts = nullptr;
  io::Worker<contract::NodeStore>* nodes = nullptr;
  std::vector<Channel> channels{};  // as the configuration has them, without last_delivery
  // Hours of one agent, in order, up to now.
  std::function<model::AgentHistory(const std::vector<model::AgentHour>& hours, base::Time now)> history{};
  // Hours of all agents, in order of agent and hour.
  std::function<std::vector<model::ExitComparison>(const std::vector<model::AgentHour>& hours)> exits{};
  // The agent is to test at once, in the answer to its next report; false when it never showed a key. Null: nobody
  // reports here.
  std::function<bool(const std::string& agent)> ask_again{};
  // Null: this daemon does not listen for collectors of other hosts.
  std::function<UplinkEnd()> uplink_end{};
};

}  // namespace davylamp::api
