// The ids of one kind of row, as a shard gives them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"
#include "model/shard.hpp"

namespace davylamp::core {

// The whole counts up by one. Of several shards each gives ids that are congruent to its index modulo
// model::most_shards, and that grow with the time (milliseconds times most_shards): newest first by id is newest first
// over all shards. Below 2^53 until the year 6000.
class IdSeries {
 public:
  // `next` is greater than every id that this shard ever gave.
  void restore(std::uint64_t next, const model::Shard& shard) {
    next_ = next;
    shard_ = shard;
  }
  std::uint64_t take(base::Time now) {
    if (!shard_.is_whole()) next_ = congruent(std::max(next_, of_time(now)));
    return next_++;
  }
  std::uint64_t next() const { return next_; }

 private:
  static std::uint64_t of_time(base::Time now) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(now.time_since_epoch().count(), 0)) * model::most_shards;
  }
  std::uint64_t congruent(std::uint64_t least) const {
    const auto beyond = (least + model::most_shards - shard_.index) % model::most_shards;
    return beyond == 0 ? least : least + model::most_shards - beyond;
  }

  std::uint64_t next_ = 1;
  model::Shard shard_;
};

}  // namespace davylamp::core
