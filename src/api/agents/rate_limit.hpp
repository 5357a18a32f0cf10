// How much one token, or one address, may ask: a bucket that fills evenly and holds a burst.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/time.hpp"
#include "model/address.hpp"

namespace davylamp::api {

// Both above zero.
struct Rate {
  std::uint32_t per_minute = 30;
  std::uint32_t burst = 30;
};

struct Allowance {
  bool granted = true;
  std::uint32_t remaining = 0;   // that could be taken at once
  base::Seconds retry_after{0};  // when refused: rounded up
};

// Whole when made. Eight bytes: the moment at which it is whole again (the generic cell rate algorithm).
class Bucket {
 public:
  // A refused call takes nothing. A clock that is set back never makes it emptier than empty.
  Allowance take(const Rate& rate, base::Time now, std::uint32_t count = 1);
  // Whether one could be taken.
  Allowance look(const Rate& rate, base::Time now) const;
  bool whole(base::Time now) const;

 private:
  std::int64_t whole_at_nanoseconds_ = 0;
};

// A bucket per address (IPv4), or per /64 (IPv6). Holds at most `most` addresses that are not whole: when there are
// more, all further ones share one bucket until some have filled again.
class AddressBuckets {
 public:
  explicit AddressBuckets(Rate rate, std::size_t most = 65'536) : rate_(rate), most_(most) {}
  Allowance take(const model::Address& address, base::Time now, std::uint32_t count = 1);
  // Whether one could be taken.
  Allowance look(const model::Address& address, base::Time now) const;
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const model::Address& address) const;
  };
  Bucket& bucket_of(const model::Address& key, base::Time now);

  Rate rate_;
  std::size_t most_;
  std::unordered_map<model::Address, Bucket, Hash> buckets_;
  Bucket shared_;
  base::Time swept_at_{};
};

}  // namespace davylamp::api
