#include "api/rates/bucket_table.hpp"

#include <algorithm>

namespace davylamp::api {

model::Address subscriber_of(const model::Address& address) {
  if (address.is_v4()) return address;
  auto bytes = address.bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return model::Address::from_v6(bytes);
}

std::string subscriber_key(const model::Address& address) {
  const auto& bytes = address.bytes();
  std::string key(1, address.is_v4() ? '4' : '6');
  key.append(reinterpret_cast<const char*>(bytes.data()), address.is_v4() ? 4 : 8);
  return key;
}

Allowance BucketTable::take(std::string_view key, const Rate& rate, base::Time now, std::uint32_t count) {
  return bucket_of(key, now).take(rate, now, count);
}

Allowance BucketTable::look(std::string_view key, const Rate& rate, base::Time now) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? Bucket{}.look(rate, now) : found->second->bucket.look(rate, now);
}

Bucket& BucketTable::bucket_of(std::string_view key, base::Time now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->bucket;
  }
  if (by_key_.size() >= most_) {
    if (!entries_.back().bucket.whole(now)) ++forgotten_;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({std::string(key), Bucket{}});
  by_key_.emplace(entries_.front().key, entries_.begin());
  return entries_.front().bucket;
}

}  // namespace davylamp::api
