#include "app/heard_sources.hpp"

#include <algorithm>

namespace davylamp::app {

void HeardSources::restore(const model::Checkpoint& checkpoint, base::Time now) {
  for (const auto& cursor : checkpoint.cursors) {
    const auto& name = cursor.source.name;
    const auto server = std::ranges::find(checkpoint.servers, name, &model::Server::name);
    if (server == checkpoint.servers.end() || server->source != cursor.source.kind) continue;
    const bool was_seen = server->state != model::ServerState::down && server->state != model::ServerState::connecting;
    if (was_seen) heard_at_[cursor.source] = now;
  }
}

std::vector<model::SourceId> HeardSources::silent(base::Time now) {
  std::vector<model::SourceId> all;
  for (auto& [source, at] : heard_at_) {
    at = std::min(at, now);
    if (now - at > silent_after) all.push_back(source);
  }
  return all;
}

}  // namespace davylamp::app
