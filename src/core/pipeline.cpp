#include "core/pipeline.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {
namespace {

constexpr base::Seconds touch_every{60};

}  // namespace

void Pipeline::restore(const model::Checkpoint& checkpoint, base::Time now) {
  shard_ = checkpoint.shard;
  sessions_.restore(checkpoint);
  quotas_.restore(checkpoint);
  servers_.restore(checkpoint.servers);
  events_.restore(checkpoint.next_event_id, checkpoint.shard);
  agents_.restore(checkpoint.agents, checkpoint.agent_hours, now);
  alerts_.restore(checkpoint, now);
}

void Pipeline::apply(const model::Observation& observation) {
  now_ = std::max(now_, observation.at);
  const bool is_new = sessions_.apply(observation);
  quotas_.follow(sessions_);
  if (!is_new) return;
  quotas_.hear(observation);
  if (const auto* counted = std::get_if<model::AttemptsCounted>(&observation.fact)) {
    attempts_.take_in(observation, *counted);
  }
  if (const auto* seen = std::get_if<model::HeartbeatSeen>(&observation.fact)) agents_.apply(seen->heartbeat);
  if (const auto* asked = std::get_if<model::CanaryAsked>(&observation.fact)) agents_.apply(asked->sighting);
  if (const auto* told = std::get_if<model::WitnessesTold>(&observation.fact)) servers_.apply(observation, *told);
  const auto* health = std::get_if<model::SourceHealth>(&observation.fact);
  if (health == nullptr) return;
  const bool changed = servers_.apply(observation, *health);
  // That it is being reached is no news; how it went is.
  const auto& server = *servers_.find(observation.source.name);
  if (changed && server.state != model::ServerState::connecting) events_.server_state(server);
}

void Pipeline::tick(base::Time now) {
  now_ = std::max(now_, now);
  sessions_.tick(now);
  quotas_.follow(sessions_);
  quotas_.tick(sessions_, now);
  for (const auto& name : servers_.names()) {
    const auto open = sessions_.open_count(name);
    servers_.set_sessions(name, open);
    // A minute of a server that was not heard of is a gap, not a zero.
    if (servers_.find(name)->state != model::ServerState::up) continue;
    rollup_.load(name, now, open);
    outlook_.load(name, now, open);
  }
  agents_.set_maintenance(alerts_.in_maintenance(agents_.names(), now), now);
  agents_.tick(now);
  outlook_.tick(now);
  alerts_.tick(now);
  if (now - touched_at_ < touch_every) return;
  touched_at_ = now;
  sessions_.touch_all();
}

void Pipeline::set_unwatched(const std::vector<model::SourceId>& servers, const std::string& why, base::Time now) {
  now_ = std::max(now_, now);
  for (const auto& name : servers_.set_unwatched(servers, why, now)) {
    const auto& server = *servers_.find(name);
    if (server.state != model::ServerState::connecting) events_.server_state(server);
  }
}

Effects Pipeline::take(Scope scope) {
  Effects effects;
  if (scope == Scope::slice && quotas_.needs_cut()) scope = Scope::all;
  auto moves = sessions_.take(scope);
  for (const auto& name : servers_.names()) servers_.set_sessions(name, sessions_.open_count(name));
  for (auto& [increment, since] : moves.traffic) {
    servers_.add_bytes(increment.server, increment.bytes);
    outlook_.moved(increment.server, increment.bytes);
    if (since < increment.at) {
      rollup_.add_late(increment.server, since, increment.at, increment.bytes);
    } else {
      rollup_.add(increment.server, increment.at, increment.bytes);
    }
    effects.traffic.push_back(std::move(increment));
  }
  effects.changes.reserve(moves.opened.size() + moves.updated.size() + moves.closed.size() + moves.corrected.size());
  tell_sessions(moves, effects);
  effects.endpoints = std::move(moves.endpoints);
  effects.servers = servers_.take();
  for (const auto& server : effects.servers) effects.changes.emplace_back(model::ServerChanged{server});
  effects.loads = rollup_.take();
  if (scope == Scope::slice) quotas_.take_uncut(effects, events_);
  if (scope == Scope::all) quotas_.take(effects, events_);
  effects.events = events_.take();
  for (const auto& event : effects.events) effects.changes.emplace_back(model::EventHappened{event});
  effects.attempts = attempts_.take();
  take_agents(effects);
  take_alerts(effects);
  effects.cursors = sessions_.cursors();
  const auto append = [&](auto& rows) { std::ranges::move(rows, std::back_inserter(effects.sessions)); };
  effects.sessions = std::move(moves.opened);
  append(moves.updated);
  append(moves.closed);
  append(moves.corrected);
  effects.commands = addressed(std::move(effects.commands));
  return effects;
}

}  // namespace davylamp::core
