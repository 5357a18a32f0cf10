// Buckets by whoever asks.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "api/rates/bucket.hpp"
#include "model/address.hpp"

namespace davylamp::api {

// Whom an address stands for: itself (IPv4), or its /64 (IPv6), which is one subscriber's.
model::Address subscriber_of(const model::Address& address);
// The same as a key of a table: 5 or 9 bytes.
std::string subscriber_key(const model::Address& address);

// Holds at most `most` buckets. When there are more, the one that was not asked for longest goes, and is counted if it
// was not whole: whoever it stood for begins anew. About 150 bytes each. On one thread.
class BucketTable {
 public:
  static constexpr std::size_t usual_size = 65'536;
  explicit BucketTable(std::size_t most = usual_size) : most_(most) {}

  // One key has one rate.
  Allowance take(std::string_view key, const Rate& rate, base::Time now, std::uint32_t count = 1);
  // Whether one could be taken. Takes nothing and makes no bucket.
  Allowance look(std::string_view key, const Rate& rate, base::Time now) const;
  std::size_t size() const { return by_key_.size(); }
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  struct Entry {
    std::string key;
    Bucket bucket;
  };
  using Entries = std::list<Entry>;  // the one that was asked last is first
  Bucket& bucket_of(std::string_view key, base::Time now);

  std::size_t most_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace davylamp::api
