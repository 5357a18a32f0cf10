// Bits per second from absolute counters that arrive at uneven times.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "base/time.hpp"
#include "model/counters.hpp"

namespace davylamp::core {

// The mean over the last one to three seconds: samples are at least 900 ms apart, and the rate is taken between the
// newest report and the oldest of the last three samples.
class RateMeter {
 public:
  struct Rate {
    std::uint64_t rx_bps = 0;
    std::uint64_t tx_bps = 0;
    bool operator==(const Rate&) const = default;
  };

  // `counters` must not shrink. A report that comes too soon after the last sample changes nothing.
  Rate report(base::Time at, const model::Counters& counters) {
    if (count_ == 0) {
      samples_[0] = {at, counters};
      count_ = 1;
      return rate_;
    }
    const auto& newest = samples_[count_ - 1];
    if (at - newest.at < base::Milliseconds{900}) return rate_;
    if (count_ == samples_.size()) {
      samples_[0] = samples_[1];
      samples_[1] = samples_[2];
      --count_;
    }
    samples_[count_++] = {at, counters};
    const auto& oldest = samples_[0];
    const auto moved = counters - oldest.counters;
    rate_ = {per_second(moved.rx_bytes, at - oldest.at), per_second(moved.tx_bytes, at - oldest.at)};
    return rate_;
  }
  // Nothing has been heard for a while: the rate is not known any more, and is shown as none.
  void forget() {
    count_ = 0;
    rate_ = {};
  }
  const Rate& rate() const { return rate_; }
  // How long a silence says nothing: reports come at this pace, times two and a half.
  base::Milliseconds patience() const {
    if (count_ < 2) return base::Milliseconds{0};
    return (samples_[count_ - 1].at - samples_[0].at) * 5 / (2 * static_cast<std::int64_t>(count_ - 1));
  }

 private:
  static std::uint64_t per_second(std::uint64_t bytes, base::Milliseconds span) {
    return static_cast<std::uint64_t>(
        std::llround(static_cast<double>(bytes) * 8000.0 / static_cast<double>(span.count())));
  }
  struct Sample {
    base::Time at{};
    model::Counters counters;
  };
  std::array<Sample, 3> samples_{};
  std::size_t count_ = 0;
  Rate rate_;
};

}  // namespace davylamp::core
