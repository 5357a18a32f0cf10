// The hours of agents, put together for the page. Pure.
#pragma once

#include <vector>

#include "model/agent.hpp"
#include "model/agent_history.hpp"

namespace davylamp::app {

// `hours` of one agent, in order, up to `now`.
model::AgentHistory agent_history(const std::vector<model::AgentHour>& hours, base::Time now);
// `hours` of all agents, in any order; hours without an exit are left out. The most agents first.
std::vector<model::ExitComparison> compare_exits(const std::vector<model::AgentHour>& hours);

}  // namespace davylamp::app
