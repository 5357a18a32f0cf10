// Many timers at the price of few: entries lie in slots of equal length, and only the slots that are due are looked at.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace davylamp::sim {

template <class Entry>
class TimerWheel {
 public:
  TimerWheel(base::Time start, base::Milliseconds slot) : start_(start), slot_(slot), slots_(slot_count) {}

  // An entry in the past is due at the next advance().
  void schedule(base::Time at, Entry entry) {
    const auto tick = std::max(tick_of(at), next_);
    slots_[static_cast<std::size_t>(tick) % slot_count].push_back({tick, std::move(entry)});
  }

  // Calls `due(entry)` for all that is due, in slots' order; what it schedules for now comes at the next advance().
  template <class Due>
  void advance(base::Time now, Due due) {
    const auto last = tick_of(now);
    for (; next_ <= last;) {
      const auto tick = next_++;
      auto& slot = slots_[static_cast<std::size_t>(tick) % slot_count];
      taken_.clear();
      std::swap(taken_, slot);
      for (auto& waiting : taken_) {
        if (waiting.tick > tick) {
          slot.push_back(std::move(waiting));
        } else {
          due(waiting.entry);
        }
      }
    }
  }

 private:
  static constexpr std::size_t slot_count = 1024;
  struct Waiting {
    std::int64_t tick;
    Entry entry;
  };
  std::int64_t tick_of(base::Time at) const { return (at - start_) / slot_; }

  base::Time start_;
  base::Milliseconds slot_;
  std::int64_t next_ = 0;
  std::vector<std::vector<Waiting>> slots_;
  std::vector<Waiting> taken_;
};

}  // namespace davylamp::sim
