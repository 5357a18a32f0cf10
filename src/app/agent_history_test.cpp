#include "app/agent_history.hpp"

#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

// Monday, 2026-11-23 00:00 UTC.
constexpr auto monday = base::from_unix_seconds(1'795'392'000);

model::AgentHour hour_at(int hours, std::uint32_t up, std::uint32_t down) {
  model::AgentHour hour;
  hour.agent = "office";
  hour.at = monday + base::Seconds(3'600) * hours;
  hour.up_seconds = up;
  hour.down_seconds = down;
  return hour;
}

TEST(AgentHistory, SumsWhatIsKnownOfEachSpan) {
  const std::vector hours{hour_at(-80 * 24, 3'000, 600), hour_at(-30, 3'600, 0), hour_at(-2, 1'800, 1'800)};
  const auto history = agent_history(hours, monday);
  ASSERT_EQ(history.uptime.size(), 4U);
  EXPECT_EQ(history.uptime[0].up_seconds, 1'800U);
  EXPECT_EQ(history.uptime[1].up_seconds, 5'400U);
  EXPECT_EQ(history.uptime[2].down_seconds, 1'800U);
  EXPECT_EQ(history.uptime[3].down_seconds, 2'400U);
}

TEST(AgentHistory, PutsHoursIntoDaysAndWeekdays) {
  const auto history = agent_history({hour_at(-1, 3'600, 0), hour_at(0, 3'600, 0), hour_at(5, 0, 3'600)},
                                     monday + base::Seconds(86'400));
  ASSERT_EQ(history.days.size(), 2U);
  EXPECT_EQ(history.days[1].at, monday);
  EXPECT_EQ(history.days[1].down_seconds, 3'600U);
  ASSERT_EQ(history.pattern.size(), 3U);
  EXPECT_EQ(history.pattern[0], (model::AgentPatternHour{0, 0, 3'600, 0}));
  EXPECT_EQ(history.pattern[1], (model::AgentPatternHour{0, 5, 0, 3'600}));
  EXPECT_EQ(history.pattern[2], (model::AgentPatternHour{6, 23, 3'600, 0}));
}

TEST(AgentHistory, KnowsNothingOfAPathThatNobodyMeasured) {
  const auto history = agent_history({hour_at(-1, 3'600, 0)}, monday);
  EXPECT_EQ(history.latency.p50, std::nullopt);
  EXPECT_EQ(history.loss, std::nullopt);
}

TEST(AgentHistory, ComparesExitsByCountryAndNetwork) {
  auto one = hour_at(-1, 3'600, 0);
  one.exit_country = "NL";
  one.exit_asn = 64'500U;
  one.probes_sent = 100;
  one.probes_received = 90;
  auto other = one;
  other.agent = "home";
  auto third = hour_at(-1, 10, 0);
  third.exit_country = "DE";
  const auto exits = compare_exits({third, one, other, hour_at(-2, 1, 1)});
  ASSERT_EQ(exits.size(), 2U);
  EXPECT_EQ(exits[0].country_code, "NL");
  EXPECT_EQ(exits[0].agents, 2U);
  EXPECT_DOUBLE_EQ(exits[0].loss.value_or(0), 0.1);
  EXPECT_EQ(exits[1].asn, std::nullopt);
}

}  // namespace
}  // namespace davylamp::app
