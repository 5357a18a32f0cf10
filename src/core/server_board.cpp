#include "core/server_board.hpp"

namespace davylamp::core {

void ServerBoard::join(Entry& entry) const {
  entry.server.witnesses = entry.witnesses;
  entry.server.interfaces = entry.interfaces;
  const auto found = told_.find(entry.server.name);
  if (found == told_.end()) return;
  const auto append = [](auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); };
  append(entry.server.witnesses, found->second.witnesses);
  append(entry.server.interfaces, found->second.interfaces);
}

void ServerBoard::apply(const model::Observation& observation, const model::WitnessesTold& told) {
  told_[observation.source.name] = told;
  const auto found = entries_.find(observation.source.name);
  if (found == entries_.end()) return;
  const auto before = found->second.server;
  join(found->second);
  if (!(found->second.server == before)) found->second.dirty = true;
}

void ServerBoard::restore(const std::vector<model::Server>& servers) {
  for (const auto& server : servers) {
    auto& entry = entries_[server.name];
    entry.server = server;
    entry.server.state = model::ServerState::connecting;
    entry.server.health = "not reached since Davylamp started";
    entry.dirty = true;
  }
}

bool ServerBoard::apply(const model::Observation& observation, const model::SourceHealth& health) {
  const bool known = entries_.contains(observation.source.name);
  auto& entry = entries_[observation.source.name];
  auto& server = entry.server;
  entry.said.reset();
  const auto before = server;
  const auto& facts = health.server;
  server.name = observation.source.name;
  server.source = observation.source.kind;
  const bool state_changed = !known || server.state != facts.state;
  if (state_changed) server.since_at = observation.at;
  server.state = facts.state;
  server.health = facts.health;
  const auto keep = [](auto& old, const auto& now) {
    if (now) old = now;
  };
  keep(server.version, facts.version);
  keep(server.process_id, facts.process_id);
  keep(server.started_at, facts.started_at);
  keep(server.local_address, facts.local_address);
  keep(server.transport, facts.transport);
  keep(server.last_snapshot_at, facts.last_snapshot_at);
  keep(server.mode, facts.mode);
  keep(server.public_address, facts.public_address);
  keep(server.listens_on, facts.listens_on);
  keep(server.pool_size, facts.pool_size);
  keep(server.pool_used, facts.pool_used);
  keep(server.dco, facts.dco);
  keep(server.place, facts.place);
  server.warnings = facts.warnings;
  server.expiries = facts.expiries;
  entry.witnesses = facts.witnesses;
  entry.interfaces = facts.interfaces;
  join(entry);
  server.fence = facts.fence;
  server.lab = facts.lab;
  server.problems = facts.problems;
  if (!(server == before)) entry.dirty = true;
  if (state_changed || server.health != before.health) urgent_ = true;
  return state_changed;
}

void ServerBoard::add_bytes(const std::string& name, const model::Counters& bytes) {
  auto& entry = entries_[name];
  entry.server.name = name;
  entry.server.rx_bytes += bytes.rx_bytes;
  entry.server.tx_bytes += bytes.tx_bytes;
  entry.dirty = true;
}

void ServerBoard::set_sessions(const std::string& name, std::uint64_t sessions) {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.server.sessions == sessions) return;
  found->second.server.sessions = sessions;
  found->second.dirty = true;
}

const model::Server* ServerBoard::find(const std::string& name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second.server;
}

std::vector<model::Server> ServerBoard::take() {
  std::vector<model::Server> changed;
  for (auto& [name, entry] : entries_) {
    if (entry.dirty) changed.push_back(entry.server);
    entry.dirty = false;
  }
  urgent_ = false;
  return changed;
}

std::vector<std::string> ServerBoard::names() const {
  std::vector<std::string> all;
  all.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) all.push_back(name);
  return all;
}

}  // namespace davylamp::core
