// What moved, and what of it was told: the way out of the tracker.
#include <algorithm>
#include <iterator>
#include <utility>

#include "core/session_tracker.hpp"

namespace davylamp::core {
namespace {

constexpr base::Seconds minute_step{60};
constexpr std::size_t fetched_ahead = 4;

}  // namespace

model::SessionCounters counters_of(const model::Session& session) {
  return {session.id, session.rx_bytes, session.tx_bytes, session.rx_bps, session.tx_bps, session.last_seen_at};
}

void SessionTracker::mark(Tracked& tracked) {
  if (tracked.dirty) return;
  tracked.dirty = true;
  dirty_.push_back(&tracked);
}

void SessionTracker::mark_stale(Tracked& tracked) {
  if (tracked.stale || tracked.dirty) return;
  tracked.stale = true;
  stale_.push_back(&tracked);
}

void SessionTracker::mark_counters(Tracked& tracked) {
  mark_stale(tracked);
  if (tracked.untold) return;
  tracked.untold = true;
  untold_.push_back(&tracked);
}

std::vector<model::Change> SessionTracker::take_counters() {
  model::SessionsMoved moved;
  moved.sessions.reserve(untold_.size());
  for (std::size_t i = 0; i < untold_.size(); ++i) {
    if (i + fetched_ahead < untold_.size()) {
      const auto& later = *untold_[i + fetched_ahead];
      __builtin_prefetch(&later.row.session.last_seen_at);
      __builtin_prefetch(&later.row.session.tx_bps);
      __builtin_prefetch(&later.untold);
    }
    Tracked* tracked = untold_[i];
    tracked->untold = false;
    const auto& session = tracked->row.session;
    if (tracked->fresh || session.state == model::SessionState::closed) continue;
    moved.sessions.push_back(counters_of(session));
  }
  untold_.clear();
  std::vector<model::Change> changes;
  if (!moved.sessions.empty()) changes.emplace_back(std::move(moved));
  return changes;
}

void SessionTracker::add_traffic(Tracked& tracked, base::Time since, base::Time at, const model::Counters& moved) {
  const auto minute = base::floor_to(at, minute_step);
  const auto& session = tracked.row.session;
  if (at - since > limits_.late_after) {
    tracked.minutes.push_back({{minute, session.id, session.server, session.user, moved}, since});
    return;
  }
  if (minute != tracked.minute) flush_minute(tracked);
  tracked.minute = minute;
  tracked.unstored += moved;
}

void SessionTracker::flush_minute(Tracked& tracked) {
  if (tracked.unstored.is_zero()) return;
  const auto& session = tracked.row.session;
  tracked.minutes.push_back(
      {{tracked.minute, session.id, session.server, session.user, tracked.unstored}, tracked.minute});
  tracked.unstored = {};
}

// A session's row and its traffic go out together, always: the row is the register that the traffic was reckoned from.
void SessionTracker::take_one(Tracked& tracked) {
  flush_minute(tracked);
  std::ranges::move(tracked.minutes, std::back_inserter(moves_.traffic));
  tracked.minutes.clear();
  const bool closed = tracked.row.session.state == model::SessionState::closed;
  if (tracked.fresh && closed) moves_.opened.push_back(tracked.row);
  auto& ended = tracked.told_closed ? moves_.corrected : moves_.closed;
  auto& list = closed ? ended : tracked.fresh ? moves_.opened : moves_.updated;
  list.push_back(tracked.row);
  tracked.told_closed = closed;
  if (&list == &moves_.updated) moves_.facts_changed.push_back(tracked.facts_changed);
  tracked.facts_changed = false;
  tracked.fresh = false;
}

void SessionTracker::take_stale(std::size_t count) {
  for (Tracked* tracked : std::span(stale_).first(count)) {
    if (std::exchange(tracked->stale, false)) take_one(*tracked);
  }
  stale_.erase(stale_.begin(), stale_.begin() + static_cast<std::ptrdiff_t>(count));
  stale_taken_ += count;
}

SessionMoves SessionTracker::take(Scope scope) {
  std::size_t stale = 0;
  if (scope == Scope::slice) stale = std::min(stale_.size(), std::max(limits_.slice, stale_.size() / 10));
  if (scope == Scope::all) stale = stale_.size();
  moves_.updated.reserve(dirty_.size() + stale);
  for (Tracked* tracked : dirty_) {
    take_one(*tracked);
    tracked->dirty = false;
    // It is in the list of the stale still, and is written once more with them: that does no harm.
    if (scope == Scope::all) tracked->stale = false;
  }
  dirty_.clear();
  urgent_ = false;
  take_stale(stale);
  if (scope == Scope::all) {
    for (Tracked* tracked : untold_) tracked->untold = false;
    untold_.clear();
  }
  return std::exchange(moves_, {});
}

}  // namespace davylamp::core
