// When what a batch was taken with is stored whole: its counters may have been left for later batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "base/time.hpp"

namespace davylamp::app {

// What the ledger had come to when batches were taken from it, each until the counters that were old by then are
// stored. Pure.
template <class What>
class LedgerMarks {
 public:
  static constexpr std::size_t most = 256;

  // `counters_marked`: SessionTracker::counters_marked() then. What is not noted now is noted with a later batch.
  void took(std::uint64_t counters_marked, What what, base::Time not_before = base::Time::min()) {
    if (marks_.size() < most) marks_.push_back({counters_marked, std::move(what), not_before});
  }
  // So many counters are stored. The newest mark that is covered by that, and was not before.
  std::optional<What> stored(std::uint64_t counters_taken, base::Time now = base::Time::min()) {
    std::optional<What> last;
    for (; !marks_.empty() && marks_.front().counters <= counters_taken && marks_.front().not_before <= now;
         marks_.pop_front())
      last = std::move(marks_.front().what);
    return last;
  }

 private:
  struct Mark {
    std::uint64_t counters;
    What what;
    base::Time not_before;
  };
  std::deque<Mark> marks_;
};

}  // namespace davylamp::app
