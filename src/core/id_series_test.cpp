#include "core/id_series.hpp"

#include <gtest/gtest.h>

#include <set>

namespace davylamp::core {
namespace {

const auto start = base::from_unix_seconds(1'795'000'000);

}  // namespace

TEST(IdSeries, TheWholeCountsUp) {
  IdSeries ids;
  ids.restore(7, {});
  EXPECT_EQ(ids.take(start), 7U);
  EXPECT_EQ(ids.take(start), 8U);
  EXPECT_EQ(ids.next(), 9U);
}

TEST(IdSeries, ShardsNeverGiveTheSameAndTellWhoseItIs) {
  std::set<std::uint64_t> all;
  for (std::uint32_t index = 0; index < model::most_shards; ++index) {
    IdSeries ids;
    ids.restore(1, {index, model::most_shards});
    for (int i = 0; i < 100; ++i) {
      const auto id = ids.take(start);
      EXPECT_TRUE(all.insert(id).second);
      EXPECT_EQ(model::shard_of_id(id, model::most_shards), index);
      EXPECT_LT(id, std::uint64_t{1} << 53U);
    }
  }
}

TEST(IdSeries, NewestFirstHoldsOverShards) {
  IdSeries busy;
  IdSeries quiet;
  busy.restore(1, {5, 8});
  quiet.restore(1, {2, 8});
  for (int i = 0; i < 1'000; ++i) busy.take(start);
  EXPECT_GT(quiet.take(start + base::Seconds{2}), busy.take(start));
}

TEST(IdSeries, GoesOnAfterARestartAndWhenTheClockWasSetBack) {
  IdSeries before;
  before.restore(1, {3, 4});
  const auto last = before.take(start);
  IdSeries after;
  after.restore(last + 1, {3, 4});
  const auto next = after.take(start - base::Seconds{3'600});
  EXPECT_GT(next, last);
  EXPECT_EQ(next % model::most_shards, 3U);
}

}  // namespace davylamp::core
