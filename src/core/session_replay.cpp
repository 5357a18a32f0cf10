// What comes again after a restart or a take-over: the bus gives back all that was not stored whole.
#include "core/session_tracker.hpp"

namespace davylamp::core {

// Openings, ends and facts were stored with the cursor; counters that waited for their slice, and last words that
// waited for their listing, were not.
void SessionTracker::apply_again(SourceState& source, const model::Observation& observation) {
  const auto raise_again = [&](const std::string& peer, const model::Counters& counters) {
    if (Tracked* open = find_open(source, peer)) return raise(*open, observation.at, counters);
    const auto closed = source.closed.find(peer);
    if (closed == source.closed.end()) return;
    const auto before = closed->second->row.session.counters();
    raise(*closed->second, observation.at, counters);
    if (!(closed->second->row.session.counters() - before).is_zero()) mark(*closed->second);
  };
  if (const auto* seen = std::get_if<model::PeerSeen>(&observation.fact)) raise_again(seen->peer, seen->counters);
  if (const auto* moved = std::get_if<model::PeersMoved>(&observation.fact)) {
    for (const auto& [peer, counters] : moved->peers) raise_again(peer, counters);
  }
  if (const auto* judged = std::get_if<model::PeersJudged>(&observation.fact)) on(source, observation, *judged);
  if (const auto* ending = std::get_if<model::PeerEnding>(&observation.fact)) on(source, observation, *ending);
  if (const auto* final = std::get_if<model::PeerFinal>(&observation.fact)) on(source, observation, *final);
}

}  // namespace davylamp::core
