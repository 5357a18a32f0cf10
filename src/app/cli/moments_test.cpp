#include "app/cli/moments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// UTC+1, and UTC+2 from 2026-03-29 01:00 UTC to 2026-10-25 01:00 UTC.
class Berlin : public base::Zones {
 public:
  base::Result<base::ZoneSpan> span(std::string_view zone, base::Time at) const override {
    if (zone != "Europe/Berlin") return base::fail("unknown_zone", "there is no zone " + std::string(zone));
    const auto begin = base::from_unix_seconds(1'774'746'000);
    const auto end = base::from_unix_seconds(1'792'890'000);
    if (at < begin) return base::ZoneSpan{base::Time::min(), begin, base::Seconds{3600}};
    if (at < end) return base::ZoneSpan{begin, end, base::Seconds{7200}};
    return base::ZoneSpan{end, base::Time::max(), base::Seconds{3600}};
  }
};

class Moments : public testing::Test {
 protected:
  // 2026-11-18 11:06:40 UTC, a Wednesday.
  base::Time now_ = base::from_unix_seconds(1'795'000'000);
  Berlin zones_;
  Here here() const { return {zones_, "Europe/Berlin", now_}; }
  std::string until(std::string_view text) const {
    const auto moment = parse_until(text, here());
    return moment ? local_text(*moment, here()) : moment.error().message;
  }
};

TEST_F(Moments, DaysLastUntilTheirEndInTheZone) {
  EXPECT_EQ(until("friday"), "2026-11-21 00:00 Europe/Berlin");
  EXPECT_EQ(until("Fri"), "2026-11-21 00:00 Europe/Berlin");
  EXPECT_EQ(until("today"), "2026-11-19 00:00 Europe/Berlin");
  EXPECT_EQ(until("tomorrow"), "2026-11-20 00:00 Europe/Berlin");
  EXPECT_EQ(until("2026-12-01"), "2026-12-02 00:00 Europe/Berlin");
  EXPECT_EQ(until("2027-03-28"), "2027-03-29 00:00 Europe/Berlin");
}

TEST_F(Moments, TimesAreLocalUnlessTheySayOtherwise) {
  EXPECT_EQ(until("2026-12-01T18:00"), "2026-12-01 18:00 Europe/Berlin");
  EXPECT_EQ(until("2026-12-01T18:00Z"), "2026-12-01 19:00 Europe/Berlin");
  EXPECT_EQ(until("2026-12-01T18:00:30-05:00"), "2026-12-02 00:00 Europe/Berlin");
  EXPECT_EQ(until("+12h"), "2026-11-19 00:06 Europe/Berlin");
  EXPECT_EQ(until("+2w"), "2026-12-02 12:06 Europe/Berlin");
}

TEST_F(Moments, WhatIsUnclearSaysHowToWriteIt) {
  EXPECT_THAT(until("wednesday"), HasSubstr("is today; write today, or +7d"));
  EXPECT_THAT(until("12/01/2026"), HasSubstr("write 2026-12-01"));
  EXPECT_THAT(until("+3"), HasSubstr("write +30min, +12h, +3d or +2w"));
  EXPECT_THAT(until("+3m"), HasSubstr("write +30min"));
  EXPECT_THAT(until("+3y"), HasSubstr("write +30min"));
  EXPECT_THAT(until("2026-02-30"), HasSubstr("is not a day or time"));
  EXPECT_THAT(until("2026-12-01T25:00"), HasSubstr("is not a date and time"));
  EXPECT_THAT(until("2026-12-01T18:00+2"), HasSubstr("write Z or +02:00"));
  EXPECT_THAT(until("yesterday"), HasSubstr("is not a day"));
  EXPECT_THAT(until("2020-01-01"), AllOf(HasSubstr("is over already"), HasSubstr("2020-01-02 00:00")));
}

TEST_F(Moments, ATimeThatTheClocksSkipOrRepeatIsRefused) {
  now_ = base::from_unix_seconds(1'770'000'000);
  EXPECT_THAT(until("2026-03-29T02:30"), HasSubstr("is skipped in Europe/Berlin"));
  EXPECT_THAT(until("2026-10-25T02:30"), HasSubstr("happens twice in Europe/Berlin"));
  EXPECT_EQ(until("2026-10-25T02:30+02:00"), "2026-10-25 02:30 Europe/Berlin");
}

TEST_F(Moments, ARecordedTimeIsAlwaysOneMoment) {
  const auto recorded = [&](std::string_view text) { return local_text(*parse_recorded(text, here()), here()); };
  EXPECT_EQ(recorded("2026-10-07 10:45:06"), "2026-10-07 10:45 Europe/Berlin");
  EXPECT_EQ(recorded("2026-10-07T10:45:06.123456"), "2026-10-07 10:45 Europe/Berlin");
  EXPECT_EQ(recorded("2026-03-29 02:30:00"), "2026-03-29 03:30 Europe/Berlin");
  EXPECT_EQ(base::to_unix_seconds(*parse_recorded("2026-10-25 02:30:00", here())), 1'792'888'200);
  EXPECT_EQ(parse_recorded("yesterday", here()).error().code, "bad_time");
  EXPECT_FALSE(parse_recorded("2026-10-07", here()));
}

TEST_F(Moments, AnUnknownZoneIsSaid) {
  EXPECT_THAT(parse_until("friday", {zones_, "Mars/Base", now_}).error().message, HasSubstr("no zone Mars/Base"));
}

}  // namespace
}  // namespace davylamp::app
