#include "model/shard.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace davylamp::model {

TEST(Shard, AllSourcesOfANodeMeetInOne) {
  for (std::uint32_t count = 1; count <= most_shards; ++count) {
    const auto openvpn = shard_of({"edge-1", "openvpn", "udp"}, count);
    EXPECT_EQ(openvpn, shard_of({"edge-1", "watch", "psiphon"}, count));
    EXPECT_LT(openvpn, count);
  }
}

TEST(Shard, ReportsOfAgentsAreTheChiefs) {
  EXPECT_EQ(shard_of({"edge-1", "hub", "journal"}, 8), 0U);
  EXPECT_EQ(shard_of({"edge-7", "canary", "zone"}, 8), 0U);
}

TEST(Shard, TheHashOfANodeNeverChanges) {
  EXPECT_EQ(node_hash(""), 14'695'981'039'346'656'037U);
  EXPECT_EQ(node_hash("a"), 0xaf63dc4c8601ec8cU);  // a published vector of FNV-1a
  EXPECT_EQ(node_hash("foobar"), 0x85944171f73967e8U);
}

TEST(Shard, ManyNodesAreSpread) {
  std::set<std::uint32_t> used;
  for (int i = 0; i < 100; ++i) used.insert(shard_of({"edge-" + std::to_string(i), "openvpn", "udp"}, 8));
  EXPECT_EQ(used.size(), 8U);
}

TEST(Shard, AnIdTellsWhoseItIsAfterADivisionIntoFewer) {
  EXPECT_EQ(shard_of_id(5 + std::uint64_t{most_shards} * 1'000, 8), 5U);
  EXPECT_EQ(shard_of_id(5 + std::uint64_t{most_shards} * 1'000, 4), 1U);
  EXPECT_EQ(shard_of_id(7, 1), 0U);
}

}  // namespace davylamp::model
