// What a take() tells of agents, alerts and sessions.
#include <utility>

#include "core/pipeline.hpp"

namespace davylamp::core {

void Pipeline::take_agents(Effects& effects) {
  auto moves = agents_.take();
  for (const auto& agent : moves.passed) alerts_.hear_passed(agent, now_);
  for (const auto& agent : moves.changed) {
    outlook_.hear(agent);
    effects.changes.emplace_back(model::AgentChanged{agent});
  }
  for (const auto& name : moves.gone) {
    outlook_.forget_agent(name);
    effects.changes.emplace_back(model::AgentGone{name});
  }
  effects.agents = std::move(moves.changed);
  effects.agent_hours = std::move(moves.hours);
}

std::vector<model::Command> Pipeline::addressed(std::vector<model::Command> commands) const {
  if (shard_.is_whole()) return commands;
  for (auto& command : commands) command.shard = shard_;
  return commands;
}

// What is told of all the rest is what alerts are about.
void Pipeline::take_alerts(Effects& effects) {
  for (auto& warning : outlook_.take()) effects.changes.emplace_back(model::WarningTold{std::move(warning)});
  for (const auto& change : effects.changes) alerts_.hear(change, now_);
  auto moves = alerts_.take();
  for (const auto& incident : moves.incidents) effects.changes.emplace_back(model::IncidentChanged{incident});
  for (auto& incident : moves.passing) effects.changes.emplace_back(model::IncidentChanged{std::move(incident)});
  for (const auto& delivery : moves.deliveries) effects.changes.emplace_back(model::DeliveryChanged{delivery});
  effects.incidents = std::move(moves.incidents);
  effects.deliveries = std::move(moves.deliveries);
}

void Pipeline::tell_sessions(const SessionMoves& moves, Effects& effects) {
  for (const auto& row : moves.opened) {
    effects.changes.emplace_back(std::in_place_type<model::SessionOpened>, row.session);
    if (!row.session.adopted) events_.opened(row.session);
  }
  model::SessionsMoved moved;
  for (std::size_t i = 0; i < moves.updated.size(); ++i) {
    const auto& session = moves.updated[i].session;
    const auto counters = counters_of(session);
    if (!moves.facts_changed[i]) {
      moved.sessions.push_back(counters);
      continue;
    }
    const auto& [id, rx_bytes, tx_bytes, rx_bps, tx_bps, last_seen_at] = counters;
    effects.changes.emplace_back(model::SessionUpdated{id, rx_bytes, tx_bytes, rx_bps, tx_bps, last_seen_at, session});
  }
  if (!moved.sessions.empty()) effects.changes.emplace_back(std::move(moved));
  for (const auto& session : moves.roamed) events_.roamed(now_, session);
  for (const auto& row : moves.closed) {
    effects.changes.emplace_back(std::in_place_type<model::SessionClosed>, row.session);
    events_.closed(row.session);
  }
  for (const auto& row : moves.corrected)
    effects.changes.emplace_back(std::in_place_type<model::SessionClosed>, row.session);
}

}  // namespace davylamp::core
