// What the board says of servers that nobody looks at.
#include <algorithm>
#include <utility>

#include "core/server_board.hpp"

namespace davylamp::core {

std::vector<std::string> ServerBoard::set_unwatched(const std::vector<model::SourceId>& servers, const std::string& why,
                                                    base::Time at) {
  std::vector<std::string> changed;
  for (const auto& source : servers) {
    auto& entry = entries_[source.name];
    entry.server.name = source.name;
    entry.server.source = source.kind;
    if (leave_unwatched(entry, why, at)) changed.push_back(source.name);
  }
  for (auto& [name, entry] : entries_) {
    const bool named = std::ranges::any_of(servers, [&](const auto& source) { return source.name == name; });
    if (!named && watch_again(entry, at)) changed.push_back(name);
  }
  return changed;
}

bool ServerBoard::leave_unwatched(Entry& entry, const std::string& why, base::Time at) {
  auto& server = entry.server;
  const bool first = !entry.said;
  if (first) {
    entry.said = Said{server.state, server.health, server.since_at};
    server.state = model::ServerState::stale;
    server.since_at = at;
  }
  if (!first && server.health == why) return false;
  server.health = why;
  entry.dirty = true;
  urgent_ = true;
  return first && entry.said->state != model::ServerState::stale;
}

bool ServerBoard::watch_again(Entry& entry, base::Time at) {
  if (!entry.said) return false;
  const auto said = *std::exchange(entry.said, std::nullopt);
  const bool changed = entry.server.state != said.state;
  entry.server.state = said.state;
  entry.server.health = said.health;
  entry.server.since_at = changed ? at : said.since_at;
  entry.dirty = true;
  urgent_ = true;
  return changed;
}

}  // namespace davylamp::core
