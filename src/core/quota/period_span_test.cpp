#include "core/quota/period_span.hpp"

#include <gtest/gtest.h>

#include <random>

#include "core/quota/testing_zones.hpp"

namespace davylamp::core {
namespace {

using model::PeriodKind;
using std::chrono::sys_days;
using namespace std::chrono_literals;

const TestingZones zones;

base::Time utc(std::chrono::year_month_day date, base::Seconds time = {}) {
  return base::Time{sys_days{date}} + time;
}

model::Period period(PeriodKind kind, std::string zone, std::uint32_t anchor_day = 1) {
  model::Period period;
  period.kind = kind;
  period.zone = std::move(zone);
  period.anchor_day = anchor_day;
  return period;
}

base::Seconds length(const PeriodSpan& span) {
  return std::chrono::duration_cast<base::Seconds>(span.end.value() - span.start);
}

}  // namespace

TEST(PeriodAt, GivesDaysOf23And25HoursWhenTheClocksChange) {
  const auto day = period(PeriodKind::day, "Europe/Berlin");
  EXPECT_EQ(length(period_at(day, zones, utc(2026y / 3 / 29, 12h))), 23h);
  EXPECT_EQ(length(period_at(day, zones, utc(2026y / 10 / 25, 12h))), 25h);
  EXPECT_EQ(length(period_at(day, zones, utc(2026y / 10 / 26, 12h))), 24h);
}

TEST(PeriodAt, BeginsADayWithoutMidnightWhenItsClocksJump) {
  const auto sao_paulo = period_at(period(PeriodKind::day, "America/Sao_Paulo"), zones, utc(2018y / 11 / 4, 12h));
  EXPECT_EQ(sao_paulo, (PeriodSpan{utc(2018y / 11 / 4, 3h), utc(2018y / 11 / 5, 2h)}));
  const auto beirut = period_at(period(PeriodKind::day, "Asia/Beirut"), zones, utc(2022y / 3 / 27, 12h));
  EXPECT_EQ(beirut, (PeriodSpan{utc(2022y / 3 / 26, 22h), utc(2022y / 3 / 27, 21h)}));
}

TEST(PeriodAt, CountsTheHourThatComesTwiceToTheDayBefore) {
  const auto day = period(PeriodKind::day, "America/Sao_Paulo");
  const PeriodSpan saturday{utc(2019y / 2 / 16, 2h), utc(2019y / 2 / 17, 3h)};
  EXPECT_EQ(period_at(day, zones, utc(2019y / 2 / 17, 2h + 30min)), saturday);
  EXPECT_EQ(period_at(day, zones, utc(2019y / 2 / 17, 1h + 30min)), saturday);
}

TEST(PeriodAt, TakesTheFirstOfTwoMidnights) {
  const auto day = period(PeriodKind::day, "America/St_Johns");
  const auto midnight = utc(2006y / 10 / 29, 2h + 30min);
  // Half an hour later the clocks show 23:30 of the day before.
  EXPECT_EQ(period_at(day, zones, midnight + 30min).start, midnight);
  EXPECT_EQ(period_at(day, zones, midnight - 1min).end, midnight);
}

TEST(PeriodAt, KnowsNoDayThatWasSkipped) {
  const auto day = period(PeriodKind::day, "Pacific/Apia");
  const auto jump = utc(2011y / 12 / 30, 10h);
  EXPECT_EQ(period_at(day, zones, jump - 1min), (PeriodSpan{utc(2011y / 12 / 29, 10h), jump}));
  EXPECT_EQ(period_at(day, zones, jump), (PeriodSpan{jump, utc(2011y / 12 / 31, 10h)}));
  EXPECT_EQ(period_at(period(PeriodKind::anniversary, "Pacific/Apia", 30), zones, jump).start, jump);
}

TEST(PeriodAt, PutsMidnightWhereTheZoneHasIt) {
  EXPECT_EQ(period_at(period(PeriodKind::day, "Asia/Kathmandu"), zones, utc(2026y / 11 / 21, 18h + 15min)).start,
            utc(2026y / 11 / 21, 18h + 15min));
  EXPECT_EQ(period_at(period(PeriodKind::day, "Asia/Tehran"), zones, utc(2022y / 3 / 22)).start,
            utc(2022y / 3 / 21, 20h + 30min));
  EXPECT_EQ(length(period_at(period(PeriodKind::day, "Asia/Tehran"), zones, utc(2022y / 9 / 21, 12h))), 25h);
}

TEST(PeriodAt, BeginsWeeksOnMonday) {
  const auto week = period_at(period(PeriodKind::week, "UTC"), zones, utc(2026y / 11 / 22, 23h));  // a Sunday
  EXPECT_EQ(week, (PeriodSpan{utc(2026y / 11 / 16), utc(2026y / 11 / 23)}));
}

TEST(PeriodAt, LetsAMonthsLastDayStandInForTheAnniversary) {
  const auto on31 = period(PeriodKind::anniversary, "UTC", 31);
  EXPECT_EQ(period_at(on31, zones, utc(2026y / 2 / 28)), (PeriodSpan{utc(2026y / 2 / 28), utc(2026y / 3 / 31)}));
  EXPECT_EQ(period_at(on31, zones, utc(2028y / 2 / 29)), (PeriodSpan{utc(2028y / 2 / 29), utc(2028y / 3 / 31)}));
  EXPECT_EQ(period_at(on31, zones, utc(2026y / 2 / 27)), (PeriodSpan{utc(2026y / 1 / 31), utc(2026y / 2 / 28)}));
  const auto on15 = period(PeriodKind::anniversary, "Europe/Berlin", 15);
  EXPECT_EQ(period_at(on15, zones, utc(2026y / 3 / 14, 23h)),
            (PeriodSpan{utc(2026y / 3 / 14, 23h), utc(2026y / 4 / 14, 22h)}));
}

TEST(PeriodAt, HoldsAWholeMonthInALeapYear) {
  EXPECT_EQ(length(period_at(period(PeriodKind::month, "UTC"), zones, utc(2028y / 2 / 10))), 29 * 24h);
  EXPECT_EQ(length(period_at(period(PeriodKind::month, "Europe/Berlin"), zones, utc(2026y / 3 / 10))), 31 * 24h - 1h);
}

TEST(PeriodAt, RollsByWholeHoursAndNeverEnds) {
  auto rolling = period(PeriodKind::rolling, "UTC");
  rolling.days = 7;
  const auto now = utc(2026y / 11 / 21, 9h + 59min);
  const auto span = period_at(rolling, zones, now);
  EXPECT_EQ(span, (PeriodSpan{utc(2026y / 11 / 14, 10h), {}}));
  EXPECT_EQ(next_change(rolling, span, now), utc(2026y / 11 / 21, 10h));
  EXPECT_EQ(period_before(rolling, zones, span), std::nullopt);
}

TEST(PeriodAt, TakesOneOffPeriodsAsTheyAreLaidDown) {
  auto once = period(PeriodKind::once, "UTC");
  EXPECT_EQ(period_at(once, zones, utc(2026y / 11 / 21)), (PeriodSpan{base::Time{}, {}}));
  once.starts_at = utc(2026y / 11 / 1, 30s);
  once.ends_at = utc(2026y / 12 / 1);
  const auto span = period_at(once, zones, utc(2030y / 1 / 1));
  EXPECT_EQ(span, (PeriodSpan{utc(2026y / 11 / 1), utc(2026y / 12 / 1)}));
  EXPECT_EQ(next_change(once, span, utc(2026y / 11 / 2)), utc(2026y / 12 / 1));
  EXPECT_EQ(next_change(once, span, utc(2026y / 12 / 1)), std::nullopt);
}

TEST(PeriodAt, CountsAnUnknownZoneAsUtc) {
  EXPECT_EQ(period_at(period(PeriodKind::day, "Europe/Atlantis"), zones, utc(2026y / 11 / 21, 9h)).start,
            utc(2026y / 11 / 21));
}

TEST(PeriodAt, TilesTimeWithoutGapOrOverlap) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> names{"UTC",         "Asia/Kathmandu", "Europe/Berlin",    "America/Sao_Paulo",
                                       "Asia/Tehran", "Asia/Beirut",    "America/St_Johns", "Pacific/Apia"};
  const std::vector<std::int64_t> changes{1'774'746'000, 1'792'890'000, 1'541'300'400, 1'550'368'800,
                                          1'647'894'600, 1'648'332'000, 1'162'089'060, 1'325'239'200};
  for (int i = 0; i < 20'000; ++i) {
    const auto kind = static_cast<PeriodKind>(random() % 4);
    const auto one = period(kind, names[random() % names.size()], random() % 31 + 1);
    const auto near = changes[random() % changes.size()];
    const std::int64_t span_seconds = random() % 2 == 0 ? 200'000 : 90'000'000;
    const auto now =
        base::from_unix_seconds(near + static_cast<std::int64_t>(random()) % span_seconds - span_seconds / 2);
    const auto span = period_at(one, zones, now);
    ASSERT_LE(span.start, now) << i;
    ASSERT_LT(now, span.end.value()) << i;
    ASSERT_EQ(period_at(one, zones, span.start), span) << i;
    ASSERT_EQ(period_at(one, zones, *span.end - base::Milliseconds{1}), span) << i;
    const auto next = period_at(one, zones, *span.end);
    ASSERT_EQ(next.start, *span.end) << i;
    ASSERT_EQ(period_before(one, zones, next), span) << i;
  }
}

TEST(LocalText, ShowsWhatTheWallClockShows) {
  EXPECT_EQ(local_text(zones, "Europe/Berlin", utc(2026y / 11 / 30, 23h)), "2026-12-01 00:00");
  EXPECT_EQ(local_text(zones, "Asia/Kathmandu", utc(2026y / 1 / 1)), "2026-01-01 05:45");
}

}  // namespace davylamp::core
