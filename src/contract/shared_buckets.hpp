// Token buckets that several daemons share, so that a rate holds whichever of them is asked. On the caller's loop.
// Implementations: bus/redis. Without one each daemon counts for itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "io/task.hpp"

namespace davylamp::contract {

// Holds at most `burst` tokens and gains `per_minute`.
struct Bucket {
  std::uint32_t per_minute = 0;
  std::uint32_t burst = 0;
};

struct BucketAnswer {
  bool taken = false;
  std::uint32_t remaining = 0;  // whole tokens
  base::Milliseconds wait{};    // until there is one; 0 when it was taken
};

class SharedBuckets {
 public:
  virtual ~SharedBuckets() = default;
  // Takes one token from the bucket `key`. Nothing when the others cannot be asked within a short time: the caller then
  // counts alone.
  virtual io::Task<std::optional<BucketAnswer>> take(std::string key, Bucket bucket) = 0;
};

}  // namespace davylamp::contract
