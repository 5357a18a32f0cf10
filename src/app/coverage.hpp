// How far observations may be acknowledged: the bus forgets what was, so it must be stored whole by then.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/ledger_marks.hpp"
#include "base/time.hpp"

namespace davylamp::app {

// Counters wait for their slice of a commit, and a last word may wait for its listing: what they came with is covered
// only when they are stored. Pure.
class Coverage {
 public:
  static constexpr std::size_t most_marks = LedgerMarks<std::uint64_t>::most;
  // A last word waits no longer than this for its listing; then it is in the next commit.
  static constexpr base::Seconds longest_wait{5};

  // What the ledger had come to when a batch was taken from it.
  struct Mark {
    std::uint64_t applied = 0;          // observations
    std::uint64_t counters_marked = 0;  // SessionTracker::counters_marked()
    bool holds_finals = false;
  };
  void took(const Mark& mark, base::Time now) {
    marks_.took(mark.counters_marked, mark.applied, mark.holds_finals ? now + longest_wait : base::Time::min());
  }
  // The batch is stored, and with it this many counters were by then. How many observations are covered now; never
  // fewer than before.
  std::uint64_t stored(std::uint64_t counters_taken, base::Time now) {
    covered_ = marks_.stored(counters_taken, now).value_or(covered_);
    return covered_;
  }

 private:
  LedgerMarks<std::uint64_t> marks_;
  std::uint64_t covered_ = 0;
};

}  // namespace davylamp::app
