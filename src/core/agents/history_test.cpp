#include "core/agents/history.hpp"

#include <gtest/gtest.h>

#include "core/agents/histogram.hpp"

namespace davylamp::core {
namespace {

using model::AgentHour;

const base::Time monday = base::from_unix_seconds(1'795'392'000);  // 2026-11-23, midnight UTC

AgentHour hour(base::Time at, std::uint32_t up, std::uint32_t down = 0) {
  AgentHour row;
  row.agent = "nas";
  row.at = at;
  row.up_seconds = up;
  row.down_seconds = down;
  return row;
}

base::Time after(int hours) {
  return monday + std::chrono::hours{hours};
}

// Three hours ahead all year.
class ThreeAhead : public base::Zones {
 public:
  base::Result<base::ZoneSpan> span(std::string_view zone, base::Time) const override {
    if (zone != "Europe/Moscow") return base::fail("unknown_zone", "not known");
    return base::ZoneSpan{base::Time::min(), base::Time::max(), base::Seconds{3 * 3600}};
  }
};

TEST(AgentHistory, UptimeIsAShareOfTheSecondsThatAreKnown) {
  const std::vector<AgentHour> hours{hour(after(-40), 0, 3600), hour(after(-2), 3000, 600), hour(after(-1), 1800)};
  const auto day = uptime(hours, 1, monday);
  EXPECT_DOUBLE_EQ(*day.share, 4800.0 / 5400.0);
  EXPECT_FALSE(day.too_few);
  EXPECT_DOUBLE_EQ(*uptime(hours, 7, monday).share, 4800.0 / 9000.0);
  EXPECT_FALSE(uptime({}, 7, monday).share);
  EXPECT_TRUE(uptime({}, 7, monday).too_few);
}

TEST(AgentHistory, DayBarsShowTheWorstOfEachLocalDay) {
  std::vector<AgentHour> hours;
  for (int i = -72; i < 0; ++i) hours.push_back(hour(after(i), 3600));
  hours[10] = hour(hours[10].at, 3000, 600);
  hours[30] = hour(hours[30].at, 0, 3600);
  for (int i = 31; i < 35; ++i)
    hours[static_cast<std::size_t>(i)] = hour(hours[static_cast<std::size_t>(i)].at, 0, 3600);
  hours[60].leaking_seconds = 30;
  const auto bars = day_bars(hours, 5, after(-1), base::utc_zones, "UTC").value();
  ASSERT_EQ(bars.size(), 5U);
  EXPECT_EQ(bars[0].state, DayState::unknown);
  EXPECT_EQ(bars[2].state, DayState::troubled);
  EXPECT_EQ(bars[3].state, DayState::down);
  EXPECT_EQ(bars[4].state, DayState::leaking);
  EXPECT_EQ(bars[4].at, after(-24));
  const auto moscow = day_bars(hours, 1, after(-1), ThreeAhead{}, "Europe/Moscow").value();
  EXPECT_EQ(moscow[0].at, after(-3));
  EXPECT_FALSE(day_bars(hours, 1, after(-1), base::utc_zones, "Mars/Base"));
}

TEST(AgentHistory, FailuresFallOnTheirWeekdayAndHourInTheZone) {
  std::vector<AgentHour> hours;
  for (int week = 0; week < 3; ++week) hours.push_back(hour(after(week * 168 + 2), 1800, 1800));
  const auto utc = failure_pattern(hours, base::utc_zones, "UTC").value();
  ASSERT_EQ(utc.size(), 168U);
  EXPECT_DOUBLE_EQ(*utc[2].down_share, 0.5);
  EXPECT_EQ(utc[2].hours, 3U);
  EXPECT_FALSE(utc[2].too_few);
  EXPECT_FALSE(utc[3].down_share);
  const auto moscow = failure_pattern(hours, ThreeAhead{}, "Europe/Moscow").value();
  EXPECT_EQ(moscow[5].hours, 3U);
}

TEST(AgentHistory, PercentilesAreAsExactAsTheBuckets) {
  auto row = hour(monday, 3600);
  row.latency_counts.resize(model::AgentHour::buckets);
  for (int i = 0; i < 95; ++i) ++row.latency_counts[bucket_of(20)];
  for (int i = 0; i < 5; ++i) ++row.latency_counts[bucket_of(400)];
  row.probes_sent = 1000;
  row.probes_received = 980;
  const auto path = path_history(std::span(&row, 1));
  EXPECT_NEAR(*path.latency.p50, 20, 8);
  EXPECT_NEAR(*path.latency.p99, 400, 120);
  EXPECT_FALSE(path.latency.too_few);
  EXPECT_TRUE(path.jitter.too_few);
  EXPECT_DOUBLE_EQ(*path.loss, 0.02);
}

TEST(AgentHistory, BucketsGrowByHalfFromOneMillisecond) {
  EXPECT_EQ(bucket_of(0.99), 0U);
  EXPECT_EQ(bucket_of(1), 1U);
  EXPECT_EQ(bucket_of(1.5), 2U);
  EXPECT_EQ(bucket_of(1e9), 23U);
  EXPECT_EQ(bucket_of(-1), 0U);
}

TEST(AgentHistory, ExitsAreComparedOverAllAgentsWithAMarkOnFewHours) {
  std::vector<AgentHour> hours;
  for (int i = 0; i < 30; ++i) {
    auto row = hour(after(i), 3600);
    row.agent = i % 2 == 0 ? "nas" : "van";
    row.exit_country = "RO";
    row.exit_asn = 9009;
    row.exit_network = "M247";
    row.latency_counts = {0, 0, 2};
    hours.push_back(row);
  }
  auto other = hour(after(40), 1800, 1800);
  other.exit_country = "NL";
  other.exit_asn = 60068;
  hours.push_back(other);
  const auto countries = compare_countries(hours);
  ASSERT_EQ(countries.size(), 2U);
  EXPECT_EQ(countries[0].country, "RO");
  EXPECT_EQ(countries[0].agents, 2U);
  EXPECT_FALSE(countries[0].too_few);
  EXPECT_TRUE(countries[1].too_few);
  EXPECT_DOUBLE_EQ(*countries[1].up_share, 0.5);
  EXPECT_EQ(compare_networks(hours)[0].network, "M247");
}

}  // namespace
}  // namespace davylamp::core
