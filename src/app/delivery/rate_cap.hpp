// How often a channel may be used.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/time.hpp"

namespace davylamp::app {

// At most so many within so long, for each of its windows. Not thread safe.
class RateCap {
 public:
  struct Window {
    std::uint32_t most = 1;
    base::Milliseconds within{1'000};
  };
  explicit RateCap(std::vector<Window> windows) : windows_(std::move(windows)) {}

  // From when on one more is allowed.
  base::Time free_at(base::Time now) const {
    auto at = now;
    for (const auto& window : windows_) {
      if (used_.size() < window.most) continue;
      const auto first = used_[used_.size() - window.most];
      if (first <= now) at = std::max(at, first + window.within);  // a clock that was set back holds nobody up
    }
    return at;
  }
  void use(base::Time now) {
    used_.push_back(now);
    std::size_t kept = 0;
    for (const auto& window : windows_) kept = std::max<std::size_t>(kept, window.most);
    while (used_.size() > kept) used_.pop_front();
  }

 private:
  std::vector<Window> windows_;
  std::deque<base::Time> used_;
};

}  // namespace davylamp::app
