#include "api/rates/bucket.hpp"

#include <algorithm>

namespace davylamp::api {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::int64_t nanoseconds(base::Time time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

base::Seconds whole_seconds(std::int64_t nanoseconds) {
  return base::Seconds((nanoseconds + second - 1) / second);
}

// Times of one bucket, in nanoseconds.
struct Scale {
  explicit Scale(const Rate& rate)
      : interval(std::max<std::int64_t>(60 * second / rate.per_minute, 1)), capacity(interval * rate.burst) {}
  std::int64_t interval;
  std::int64_t capacity;
};

Allowance allowance(const Scale& scale, std::int64_t ahead, std::int64_t wanted) {
  Allowance allowance;
  const auto over = ahead + wanted - scale.capacity;
  allowance.granted = over <= 0;
  const auto used = allowance.granted ? ahead + wanted : ahead;
  allowance.remaining = static_cast<std::uint32_t>((scale.capacity - used) / scale.interval);
  allowance.whole_in = whole_seconds(used);
  if (!allowance.granted) allowance.retry_after = whole_seconds(over);
  return allowance;
}

}  // namespace

Allowance Bucket::take(const Rate& rate, base::Time now, std::uint32_t count) {
  const Scale scale(rate);
  const auto at = nanoseconds(now);
  const auto ahead = std::clamp<std::int64_t>(whole_at_nanoseconds_ - at, 0, scale.capacity);
  const auto wanted = scale.interval * count;
  const auto result = allowance(scale, ahead, wanted);
  if (result.granted) whole_at_nanoseconds_ = at + ahead + wanted;
  return result;
}

Allowance Bucket::look(const Rate& rate, base::Time now) const {
  auto copy = *this;
  auto result = copy.take(rate, now);
  if (result.granted) ++result.remaining;
  return result;
}

bool Bucket::whole(base::Time now) const {
  return whole_at_nanoseconds_ <= nanoseconds(now);
}

}  // namespace davylamp::api
