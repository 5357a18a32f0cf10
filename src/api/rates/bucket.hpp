// How much somebody may ask: a bucket that fills evenly and holds a burst.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace davylamp::api {

// Both above zero.
struct Rate {
  std::uint32_t per_minute = 30;
  std::uint32_t burst = 30;
  bool operator==(const Rate&) const = default;
};

struct Allowance {
  bool granted = true;
  std::uint32_t remaining = 0;   // that could be taken at once
  base::Seconds retry_after{0};  // when refused: rounded up
  base::Seconds whole_in{0};     // until the bucket is full, if nothing more is taken: rounded up
};

// Whole when made. Eight bytes: the moment at which it is whole again (the generic cell rate algorithm). In any time t
// it gives at most the burst and what it gains in t.
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

}  // namespace davylamp::api
