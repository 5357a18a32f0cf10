#include "witness/ebpf/flow_scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::ebpf {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t second = 1'000'000'000;

class Table : public SlotTable {
 public:
  void forget(const FlowKey& key) override { forgotten.push_back(key.peer_port); }
  void give_back(std::uint32_t slot) override { given_back.push_back(slot); }
  std::vector<std::uint16_t> forgotten;
  std::vector<std::uint32_t> given_back;
};

class FlowScanTest : public ::testing::Test {
 protected:
  void packet(std::uint32_t slot, std::uint64_t now) {
    counts[slot].live = 1;
    ++counts[slot].rx_packets;
    counts[slot].rx_seen = now;
    paths[slot].key.peer_port = static_cast<std::uint16_t>(1000 + slot);
  }
  std::vector<FlowCounts> counts = std::vector<FlowCounts>(1000);
  std::vector<FlowPath> paths = std::vector<FlowPath>(1000);
  Table table;
  FlowScan scan{counts, paths, table, {300 * second, 5 * second, second}};
};

TEST_F(FlowScanTest, FindsWhatMovedSinceTheLastLook) {
  packet(0, second);
  packet(1, second);
  EXPECT_THAT(scan.look(second).moved, ElementsAre(0, 1));
  EXPECT_THAT(scan.look(second).moved, IsEmpty());
  packet(1, 2 * second);
  packet(2, 2 * second);
  EXPECT_THAT(scan.look(2 * second).moved, ElementsAre(1, 2));
  EXPECT_EQ(scan.flows(), 3U);
  EXPECT_EQ(scan.used(), 3U);
}

TEST_F(FlowScanTest, FindsNewFlowsBeyondAGap) {
  packet(90, second);
  EXPECT_THAT(scan.look(second).moved, ElementsAre(90));
}

TEST_F(FlowScanTest, AnIdleFlowLeavesAndItsSlotWaitsForWhatIsUnderWay) {
  packet(0, second);
  scan.look(second);
  EXPECT_THAT(scan.look(300 * second).over, IsEmpty());
  EXPECT_THAT(table.forgotten, IsEmpty());
  EXPECT_THAT(scan.look(301 * second).over, IsEmpty());
  EXPECT_THAT(table.forgotten, ElementsAre(1000));
  EXPECT_TRUE(scan.is_leaving(0));
  packet(0, 301 * second);
  EXPECT_THAT(scan.look(301 * second + 1).moved, ElementsAre(0)) << "a packet that was under way";
  EXPECT_THAT(scan.look(302 * second).over, ElementsAre(0));
  EXPECT_THAT(table.given_back, IsEmpty());
  scan.release(0);
  EXPECT_THAT(table.given_back, ElementsAre(0));
  EXPECT_EQ(counts[0].generation, 1U);
  EXPECT_EQ(counts[0].rx_packets, 0U);
  EXPECT_THAT(scan.look(303 * second).over, IsEmpty());
  packet(0, 304 * second);
  EXPECT_THAT(scan.look(304 * second).moved, ElementsAre(0));
  EXPECT_THAT(table.forgotten, ElementsAre(1000));
}

TEST_F(FlowScanTest, AConnectionThatBothEndsClosedLeavesSoon) {
  for (std::uint32_t slot = 0; slot < 3; ++slot) packet(slot, second);
  counts[0].rx_closed = counts[0].tx_closed = 1;
  counts[1].rx_closed = 1;
  counts[2].reset = 1;
  scan.look(second);
  scan.look(5 * second);
  EXPECT_THAT(table.forgotten, IsEmpty());
  scan.look(6 * second);
  EXPECT_THAT(table.forgotten, ElementsAre(1000, 1002));
}

TEST_F(FlowScanTest, TakesOutALimitedNumberAtOnce) {
  std::vector<FlowCounts> many(10'000);
  std::vector<FlowPath> their_paths(10'000);
  FlowScan wide(many, their_paths, table, {300 * second, 5 * second, second});
  for (auto& count : many) {
    count.live = 1;
    count.rx_packets = 1;
    count.rx_seen = second;
  }
  while (wide.look(second).moved.size() + wide.used() < many.size()) continue;
  wide.look(second);
  wide.look(400 * second);
  EXPECT_EQ(table.forgotten.size(), 2048U);
}

}  // namespace
}  // namespace davylamp::ebpf
