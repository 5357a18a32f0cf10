// Points in time and the clock seam. UTC, millisecond precision. In JSON a Time is UNIX seconds (up to three decimals),
// in SQL whole UNIX seconds.
#pragma once

#include <chrono>
#include <cstdint>

namespace davylamp::base {

using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using Time = std::chrono::sys_time<Milliseconds>;

constexpr Time from_unix_seconds(std::int64_t seconds) {
  return Time{Seconds{seconds}};
}
constexpr std::int64_t to_unix_seconds(Time time) {
  return std::chrono::floor<Seconds>(time).time_since_epoch().count();
}
// The start of the step (a minute, an hour ... of UTC) that holds `time`.
constexpr Time floor_to(Time time, Seconds step) {
  const auto seconds = to_unix_seconds(time);
  const auto remainder = ((seconds % step.count()) + step.count()) % step.count();
  return from_unix_seconds(seconds - remainder);
}

// Where "now" comes from. Safe to call from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

// A clock that a test sets by hand.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Time start = from_unix_seconds(1'795'000'000)) : now_(start) {}
  Time now() const override { return now_; }
  void advance(Milliseconds by) { now_ += by; }
  void set(Time now) { now_ = now; }

 private:
  Time now_;
};

}  // namespace davylamp::base
