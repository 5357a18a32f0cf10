#include "app/import/traffic_monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

using testing::HasSubstr;

ImportWish wish() {
  const auto time = [](std::string_view text) -> base::Result<base::Time> {
    const auto seconds = base::parse_number<std::int64_t>(text);
    if (!seconds) return base::fail("bad_time", "is no time");
    return base::from_unix_seconds(*seconds);
  };
  return {"udp", time, base::Time{}, base::from_unix_seconds(1'000'000)};
}

TEST(TrafficMonitor, EveryRecordIsTakenOrRefused) {
  const TrafficMonitorTables tables{{{"1", "anna"}, {"2", "bob"}},
                                    {{"1", "5000", "30"}, {"2", "0", "0"}, {"9", "1", "1"}, {"2", "-5", "0"}},
                                    {{"1", "1", "20", "10", "5000"},
                                     {"2", "2", "-1", "10", "5000"},
                                     {"3", "9", "1", "1", "1"},
                                     {"4", "1", "1", "1", std::nullopt},
                                     {"5", "1", "99999999999999999999", "1", "5"}}};
  const auto plan = plan_traffic_monitor(tables, wish());
  EXPECT_EQ(plan.records, 9U);
  EXPECT_EQ(plan.sessions.size() + plan.limits.size() + plan.merged + plan.refused.size(), 9U);
  ASSERT_EQ(plan.sessions.size(), 1U);
  EXPECT_EQ(plan.sessions[0].session.user, "anna");
  EXPECT_EQ(plan.sessions[0].session.counters(), (model::Counters{10, 20}));
  EXPECT_EQ(plan.sessions[0].session.closed_at, base::from_unix_seconds(5000));
  ASSERT_EQ(plan.limits.size(), 1U);
  EXPECT_EQ(plan.limits[0].bytes, 5000U);
  EXPECT_EQ(plan.limits[0].period.kind, model::PeriodKind::month);
  EXPECT_EQ(plan.limits[0].period.zone, "UTC");
  EXPECT_EQ(plan.limits[0].direction, model::TrafficDirection::both);
  EXPECT_THAT(plan.notes, testing::ElementsAre(HasSubstr("30 bytes in all")));
}

TEST(TrafficMonitor, TheSameRowHasTheSameKey) {
  const TrafficMonitorTables tables{
      {{"1", "anna"}}, {}, {{"1", "1", "20", "10", "5000"}, {"2", "1", "20", "10", "5000"}}};
  const auto plan = plan_traffic_monitor(tables, wish());
  const auto again = plan_traffic_monitor(tables, wish());
  EXPECT_EQ(plan.sessions[0].key, again.sessions[0].key);
  EXPECT_NE(plan.sessions[0].key, plan.sessions[1].key);
}

}  // namespace
}  // namespace davylamp::app
