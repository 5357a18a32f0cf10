// Jittered exponential back-off: how long to wait before the next try.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace davylamp::base {

// Doubles from `first` to `longest`; each wait is drawn from the upper half of its step ("equal jitter"), so that many
// that failed together do not come back together. Not thread safe.
class Backoff {
 public:
  struct Range {
    Milliseconds first{500};
    Milliseconds longest{60'000};
  };
  // `seed` decides the jitter; the same seed gives the same waits.
  Backoff(Range range, std::uint64_t seed) : range_(range), step_(range.first), state_(seed | 1U) {}

  Milliseconds next() {
    const auto half = step_ / 2;
    const auto wait =
        half + Milliseconds{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(half.count() + 1))};
    step_ = std::min(step_ * 2, range_.longest);
    return wait;
  }
  void reset() { step_ = range_.first; }

 private:
  // xorshift64: enough for jitter, no global state.
  std::uint64_t random() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_;
  }
  Range range_;
  Milliseconds step_;
  std::uint64_t state_;
};

}  // namespace davylamp::base
