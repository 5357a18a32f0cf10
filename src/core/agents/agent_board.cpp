#include "core/agents/agent_board.hpp"

namespace davylamp::core {

void AgentBoard::restore(const std::vector<model::Agent>& agents, base::Time) {
  for (const auto& agent : agents) agents_.insert_or_assign(agent.settings.name, agent);
}

void AgentBoard::set_settings(const std::vector<model::AgentSettings>&, base::Time) {}
void AgentBoard::set_maintenance(const std::vector<std::string>&, base::Time) {}
void AgentBoard::apply(const model::Heartbeat&) {}
void AgentBoard::apply(const model::CanarySighting&) {}
void AgentBoard::tick(base::Time) {}

AgentMoves AgentBoard::take(bool) {
  return {};
}

bool AgentBoard::urgent() const {
  return false;
}

}  // namespace davylamp::core
