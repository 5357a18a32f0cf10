#include "api/agents/rate_limit.hpp"

#include <algorithm>
#include <string_view>

namespace davylamp::api {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::int64_t nanoseconds(base::Time time) {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
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
  if (!allowance.granted) allowance.retry_after = base::Seconds((over + second - 1) / second);
  return allowance;
}

// A /64 is one subscriber.
model::Address key_of(const model::Address& address) {
  if (address.is_v4()) return address;
  auto bytes = address.bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return model::Address::from_v6(bytes);
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
  const Scale scale(rate);
  const auto ahead = std::clamp<std::int64_t>(whole_at_nanoseconds_ - nanoseconds(now), 0, scale.capacity);
  return allowance(scale, ahead, scale.interval);
}

bool Bucket::whole(base::Time now) const {
  return whole_at_nanoseconds_ <= nanoseconds(now);
}

std::size_t AddressBuckets::Hash::operator()(const model::Address& address) const {
  const auto& bytes = address.bytes();
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Allowance AddressBuckets::take(const model::Address& address, base::Time now, std::uint32_t count) {
  return bucket_of(key_of(address), now).take(rate_, now, count);
}

Allowance AddressBuckets::look(const model::Address& address, base::Time now) const {
  const auto found = buckets_.find(key_of(address));
  if (found != buckets_.end()) return found->second.look(rate_, now);
  return buckets_.size() >= most_ ? shared_.look(rate_, now) : Bucket{}.look(rate_, now);
}

Bucket& AddressBuckets::bucket_of(const model::Address& key, base::Time now) {
  const auto found = buckets_.find(key);
  if (found != buckets_.end()) return found->second;
  if (buckets_.size() >= most_ && now - swept_at_ >= base::Seconds(1)) {
    swept_at_ = now;
    std::erase_if(buckets_, [now](const auto& item) { return item.second.whole(now); });
  }
  return buckets_.size() >= most_ ? shared_ : buckets_[key];
}

}  // namespace davylamp::api
