// What all leases of shards must do. Include it in one test file of each implementation and instantiate.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "base/result.hpp"
#include "contract/shard_leases.hpp"

namespace davylamp::contract::testing {

// One store: `open` gives a worker's end of it, `wait` lets the store's clock go on.
struct LeasesUnderTest {
  std::function<std::unique_ptr<ShardLeases>()> open;
  std::function<void(base::Milliseconds)> wait;
};
struct LeasesFactory {
  std::string name;
  std::function<LeasesUnderTest()> make;
};
inline void PrintTo(const LeasesFactory& factory, std::ostream* out) {
  *out << factory.name;
}

class ShardLeasesContract : public ::testing::TestWithParam<LeasesFactory> {
 protected:
  static constexpr std::uint32_t shards = 8;
  static constexpr base::Milliseconds life{60'000};
  LeasesUnderTest store = GetParam().make();
  std::unique_ptr<ShardLeases> a = store.open();
  std::unique_ptr<ShardLeases> b = store.open();

  LeaseAnswer renew(ShardLeases& leases, const std::string& worker) { return leases.renew(worker, shards, life); }
  static std::set<std::uint32_t> indexes(const LeaseAnswer& answer) {
    std::set<std::uint32_t> found;
    for (const auto& shard : answer.held) found.insert(shard.index);
    return found;
  }
  static void give_back(ShardLeases& leases, const std::string& worker, const LeaseAnswer& answer) {
    for (const auto index : answer.release) {
      for (const auto& shard : answer.held) {
        if (shard.index == index) leases.release(worker, shard);
      }
    }
  }
  void wait_until_over() { store.wait(2 * life); }
};

TEST_P(ShardLeasesContract, TheOnlyWorkerHasAllShards) {
  const auto answer = renew(*a, "a");
  EXPECT_EQ(indexes(answer).size(), shards);
  EXPECT_TRUE(answer.release.empty());
  EXPECT_EQ(answer.workers, 1U);
  for (std::uint32_t i = 0; i < shards; ++i) {
    EXPECT_EQ(answer.held[i].index, i);
    EXPECT_GT(answer.held[i].epoch, 0U);
  }
}

TEST_P(ShardLeasesContract, WhatIsRenewedStaysTheSame) {
  const auto first = renew(*a, "a");
  EXPECT_EQ(renew(*a, "a"), first);
  EXPECT_EQ(renew(*store.open(), "a"), first);
}

TEST_P(ShardLeasesContract, TwoWorkersShareFairly) {
  renew(*a, "a");
  EXPECT_TRUE(renew(*b, "b").held.empty());
  const auto told = renew(*a, "a");
  EXPECT_EQ(told.held.size(), shards);
  EXPECT_EQ(told.release.size(), shards / 2);
  EXPECT_EQ(told.workers, 2U);
  give_back(*a, "a", told);
  const auto mine = indexes(renew(*a, "a"));
  const auto theirs = indexes(renew(*b, "b"));
  EXPECT_EQ(mine.size(), shards / 2);
  EXPECT_EQ(theirs.size(), shards / 2);
  for (const auto index : mine) EXPECT_FALSE(theirs.contains(index));
}

TEST_P(ShardLeasesContract, AShardOfAWorkerThatIsSilentGoesToAnotherWithAHigherEpoch) {
  const auto before = renew(*a, "a");
  wait_until_over();
  EXPECT_TRUE(renew(*b, "b").held.empty());
  const auto after = renew(*b, "b");
  EXPECT_EQ(indexes(after), indexes(before));
  EXPECT_EQ(after.workers, 1U);
  for (std::uint32_t i = 0; i < shards; ++i) EXPECT_GT(after.held[i].epoch, before.held[i].epoch);
  EXPECT_TRUE(renew(*a, "a").held.empty());
}

TEST_P(ShardLeasesContract, AHolderWhoseLeaseIsOverKeepsWhatNobodyTook) {
  const auto before = renew(*a, "a");
  wait_until_over();
  EXPECT_EQ(renew(*a, "a"), before);
}

TEST_P(ShardLeasesContract, AfterTheStoreWasAwayForLongEverybodyGoesOnWithWhatTheyHad) {
  renew(*a, "a");
  renew(*b, "b");
  give_back(*a, "a", renew(*a, "a"));
  const auto theirs = renew(*b, "b");
  const auto mine = renew(*a, "a");
  wait_until_over();
  EXPECT_EQ(renew(*b, "b").held, theirs.held);
  EXPECT_EQ(renew(*a, "a").held, mine.held);
  EXPECT_EQ(renew(*b, "b").held, theirs.held);
}

TEST_P(ShardLeasesContract, WhoLeavesFreesEverythingAtOnce) {
  renew(*a, "a");
  renew(*b, "b");
  a->leave("a");
  const auto answer = renew(*b, "b");
  EXPECT_EQ(indexes(answer).size(), shards);
  EXPECT_EQ(answer.workers, 1U);
  a->leave("a");
  EXPECT_EQ(renew(*b, "b"), answer);
}

TEST_P(ShardLeasesContract, OnlyTheHolderGivesAShardBackAndOnlyWithItsEpoch) {
  const auto answer = renew(*a, "a");
  const auto shard = answer.held[3];
  b->release("b", shard);
  a->release("a", {shard.index, shard.epoch + 1});
  EXPECT_EQ(renew(*a, "a"), answer);
  renew(*b, "b");
  a->release("a", shard);
  const auto theirs = renew(*b, "b");
  ASSERT_EQ(theirs.held.size(), 1U);
  EXPECT_EQ(theirs.held[0].index, 3U);
  EXPECT_EQ(theirs.held[0].epoch, shard.epoch + 1);
}

TEST_P(ShardLeasesContract, RefusesAnotherNumberOfShardsWhileOthersWork) {
  renew(*a, "a");
  try {
    b->renew("b", shards + 1, life);
    FAIL() << "accepted";
  } catch (const base::Failure& failure) {
    EXPECT_EQ(failure.error().code, "shards");
  }
  a->leave("a");
  EXPECT_EQ(b->renew("b", shards + 1, life).held.size(), shards + 1);
}

TEST_P(ShardLeasesContract, ThreeWorkersOnEightShardsHaveThreeAtMost) {
  const auto c = store.open();
  for (int round = 0; round < 4; ++round) {
    give_back(*a, "a", renew(*a, "a"));
    give_back(*b, "b", renew(*b, "b"));
    give_back(*c, "c", renew(*c, "c"));
  }
  std::multiset<std::uint32_t> all;
  for (const auto& held : {indexes(renew(*a, "a")), indexes(renew(*b, "b")), indexes(renew(*c, "c"))}) {
    EXPECT_LE(held.size(), 3U);
    all.insert(held.begin(), held.end());
  }
  EXPECT_EQ(all.size(), shards);
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), shards);
}

}  // namespace davylamp::contract::testing
