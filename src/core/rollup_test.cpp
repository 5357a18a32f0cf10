#include "core/rollup.hpp"

#include <gtest/gtest.h>

namespace davylamp::core {
namespace {

const base::Time noon = base::from_unix_seconds(1'795'003'200);

model::Counters sum(const std::vector<model::ServerLoad>& loads) {
  model::Counters all;
  for (const auto& load : loads) all += load.bytes;
  return all;
}

}  // namespace

TEST(RollupTest, KeepsTheGreatestLoadOfAMinute) {
  Rollup rollup;
  rollup.load("udp", noon, 3);
  rollup.load("udp", noon + base::Seconds{20}, 5);
  rollup.load("udp", noon + base::Seconds{40}, 4);
  const auto loads = rollup.take();
  ASSERT_EQ(loads.size(), 1U);
  EXPECT_EQ(loads[0].sessions, 5U);
  EXPECT_TRUE(rollup.take().empty());
}

TEST(RollupTest, SpreadsLateBytesEvenlyAndExactly) {
  Rollup rollup;
  rollup.add_late("udp", noon - base::Seconds{240}, noon + base::Seconds{30}, {1002, 7});
  const auto loads = rollup.take();
  ASSERT_EQ(loads.size(), 5U);
  EXPECT_EQ(loads[0].at, noon - base::Seconds{240});
  EXPECT_EQ(loads[0].bytes.rx_bytes, 200U);
  EXPECT_EQ(sum(loads), (model::Counters{1002, 7}));
}

TEST(RollupTest, SpreadsManyLateSessionsExactlyAndAtMostADayBack) {
  Rollup rollup;
  model::Counters truth;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const model::Counters bytes{i * 977, i * 31 + 5};
    rollup.add_late("udp", noon - base::Seconds{i * 300}, noon + base::Seconds{i % 120}, bytes);
    truth += bytes;
  }
  rollup.add("udp", noon, {1, 1});
  truth += {1, 1};
  const auto loads = rollup.take();
  EXPECT_EQ(sum(loads), truth);
  EXPECT_LE(loads.size(), 24U * 60 + 2);
}

}  // namespace davylamp::core
