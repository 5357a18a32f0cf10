// Last words: how a disconnect hook's report finds its session.
#include <algorithm>
#include <utility>

#include "core/session_tracker.hpp"

namespace davylamp::core {
namespace {

// The hooks of all clients of a server that restarts run one after another, before it says so.
constexpr base::Seconds restart_hooks_take{10};

bool same_second(base::Time one, base::Time other) {
  return base::to_unix_seconds(one) == base::to_unix_seconds(other);
}

template <class T>
bool contradict(const std::optional<T>& one, const std::optional<T>& other) {
  return one && other && *one != *other;
}

bool fits(const model::Session& session, const model::PeerFacts& facts) {
  return session.user == facts.user && same_second(session.opened_at, facts.connected_at) &&
         !contradict(session.common_name, facts.common_name) &&
         !contradict(session.virtual_address, facts.virtual_address) &&
         !contradict(session.virtual_address6, facts.virtual_address6);
}

std::string key_of(const model::PeerFacts& facts) {
  const auto& address = facts.virtual_address ? facts.virtual_address : facts.virtual_address6;
  return "final/" + std::to_string(base::to_unix_seconds(facts.connected_at)) + "/" +
         (address ? address->to_string() : "") + "/" + facts.user;
}

}  // namespace

std::size_t SessionTracker::hash_of_start(base::Time at, std::string_view user) {
  return PeerHash{}(user) ^ (static_cast<std::size_t>(base::to_unix_seconds(at)) * 0x9E3779B97F4A7C15ULL);
}

void SessionTracker::index_start(SourceState& source, Tracked& tracked) {
  const auto& session = tracked.row.session;
  tracked.start_hash = hash_of_start(session.opened_at, session.user);
  source.by_start.emplace(tracked.start_hash, &tracked);
}

void SessionTracker::unindex_start(SourceState& source, const Tracked& tracked) {
  const auto [begin, end] = source.by_start.equal_range(tracked.start_hash);
  const auto found = std::find_if(begin, end, [&](const auto& entry) { return entry.second == &tracked; });
  if (found != end) source.by_start.erase(found);
}

void SessionTracker::index_user(Tracked& tracked) {
  by_user_[tracked.row.session.user].push_back(&tracked);
}

void SessionTracker::unindex_user(const Tracked& tracked) {
  const auto found = by_user_.find(tracked.row.session.user);
  if (found == by_user_.end()) return;
  std::erase(found->second, &tracked);
  if (found->second.empty()) by_user_.erase(found);
}

SessionTracker::Tracked* SessionTracker::find_by_start(const SourceState& source, const model::PeerFacts& facts) {
  const auto [begin, end] = source.by_start.equal_range(hash_of_start(facts.connected_at, facts.user));
  const auto found =
      std::find_if(begin, end, [&](const auto& entry) { return fits(entry.second->row.session, facts); });
  return found == end ? nullptr : found->second;
}

void SessionTracker::on(SourceState& source, const model::Observation& observation, const model::PeerFinal& final) {
  if (auto* tracked = find_by_start(source, final.facts)) {
    finish(source, *tracked, observation.at, final);
    return;
  }
  if (source.waiting_finals.size() >= limits_.waiting_finals) {
    ++stats_.dropped_finals;
    return;
  }
  source.waiting_finals.push_back({final, observation.at, observation.boot, observation.sequence});
}

void SessionTracker::on(SourceState& source, const model::Observation&, const model::PeerEnding& ending) {
  const auto found = source.open.find(ending.peer);
  if (found != source.open.end()) found->second->ending = ending.reason;
}

void SessionTracker::finish(SourceState& source, Tracked& tracked, base::Time heard_at, const model::PeerFinal& final) {
  auto& session = tracked.row.session;
  // A hook's clock is the server's; ours counts when it is ahead.
  const auto ended_at = std::clamp(final.ended_at, std::min(session.opened_at, heard_at), heard_at);
  const bool known = session.final && session.state == model::SessionState::closed;
  raise(tracked, ended_at, final.counters);
  session.final = true;
  if (session.state == model::SessionState::open) {
    const std::string peer = tracked.row.peer;
    close(source, peer, ended_at, tracked.restored ? model::EndReason::away : model::EndReason::left);
    return;
  }
  session.rx_bps = 0;
  session.tx_bps = 0;
  if (known) return;
  session.closed_at = std::max(ended_at, session.opened_at);
  mark(tracked);
}

void SessionTracker::blame_restart(SourceState& source, base::Time at, std::string_view epoch_prefix) {
  for (auto entry = source.closed_order.rbegin(); entry != source.closed_order.rend(); ++entry) {
    if (at - entry->at > restart_hooks_take) return;
    const auto found = source.closed.find(entry->peer);
    if (found == source.closed.end() || entry->peer.starts_with(epoch_prefix)) continue;
    auto& session = found->second->row.session;
    if (!session.final || session.end_reason != model::EndReason::left) continue;
    session.end_reason = model::EndReason::restart;
    mark(*found->second);
  }
}

void SessionTracker::take_waiting_finals(SourceState& source, base::Time now) {
  auto& waiting = source.waiting_finals;
  while (!waiting.empty() && now - waiting.front().heard_at >= limits_.final_waits) {
    const auto next = std::move(waiting.front());
    waiting.pop_front();
    if (auto* tracked = find_by_start(source, next.final.facts)) {
      finish(source, *tracked, next.heard_at, next.final);
    } else {
      make_of_final(source, next);
    }
  }
}

void SessionTracker::make_of_final(SourceState& source, const WaitingFinal& waiting) {
  model::Observation observation;
  observation.source = source.id;
  observation.at = waiting.heard_at;
  model::PeerSeen seen;
  seen.peer = key_of(waiting.final.facts);
  seen.facts = waiting.final.facts;
  auto* tracked = open_session(source, observation, seen);
  if (tracked == nullptr) return;
  ++stats_.unmatched_finals;
  take_facts(*tracked, waiting.heard_at, waiting.final.facts);
  finish(source, *tracked, waiting.heard_at, waiting.final);
}

void SessionTracker::forget_user(std::string_view user) {
  for (auto& source : sources_) {
    std::erase_if(source->waiting_finals, [&](const auto& waiting) { return waiting.final.facts.user == user; });
    boost::unordered::erase_if(source->closed, [&](const auto& entry) {
      Tracked* tracked = entry.second.get();
      if (tracked->row.session.user != user) return false;
      unindex_start(*source, *tracked);
      for (auto* list : {&dirty_, &untold_}) std::erase(*list, tracked);
      stale_taken_ += std::erase(stale_, tracked);  // who waits for it waits no longer
      return true;
    });
  }
}

}  // namespace davylamp::core
