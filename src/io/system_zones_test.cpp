#include "io/system_zones.hpp"

#include <gtest/gtest.h>

namespace davylamp::io {
namespace {

using base::from_unix_seconds;

base::Seconds offset(std::string_view zone, std::int64_t at) {
  return SystemZones{}.span(zone, from_unix_seconds(at)).value().offset;
}

}  // namespace

TEST(SystemZones, KnowsOffsetsThatAreNoWholeHours) {
  EXPECT_EQ(offset("Asia/Kathmandu", 1'795'000'000), base::Seconds{20'700});
  EXPECT_EQ(offset("UTC", 1'795'000'000), base::Seconds{0});
}

TEST(SystemZones, TellsWhenTheClocksChange) {
  // 29 March 2026, 01:00 UTC
  const auto winter = SystemZones{}.span("Europe/Berlin", from_unix_seconds(1'774'745'999)).value();
  EXPECT_EQ(winter.offset, base::Seconds{3'600});
  EXPECT_EQ(winter.end, from_unix_seconds(1'774'746'000));
  const auto summer = SystemZones{}.span("Europe/Berlin", winter.end).value();
  EXPECT_EQ(summer.begin, winter.end);
  EXPECT_EQ(summer.offset, base::Seconds{7'200});
}

TEST(SystemZones, SkipsTheDayThatApiaSkipped) {
  const auto before = SystemZones{}.span("Pacific/Apia", from_unix_seconds(1'325'239'199)).value();
  EXPECT_EQ(before.offset, base::Seconds{-10 * 3'600});
  EXPECT_EQ(before.end, from_unix_seconds(1'325'239'200));
  EXPECT_EQ(offset("Pacific/Apia", 1'325'239'200), base::Seconds{14 * 3'600});
}

TEST(SystemZones, SaysThatAZoneIsUnknown) {
  for (const auto* zone : {"Europe/Atlantis", "", "../../etc/passwd", "/etc/localtime", "Europe/Berlin\n"}) {
    const auto span = SystemZones{}.span(zone, from_unix_seconds(0));
    ASSERT_FALSE(span) << zone;
    EXPECT_EQ(span.error().code, "unknown_zone");
  }
}

TEST(SystemZones, AnswersForTheWholeOfTime) {
  for (const auto at :
       {base::Time::min(), from_unix_seconds(-9'000'000'000), from_unix_seconds(9'000'000'000), base::Time::max()}) {
    const auto span = SystemZones{}.span("Europe/Berlin", at);
    ASSERT_TRUE(span);
    EXPECT_LT(span->begin, span->end);
  }
}

}  // namespace davylamp::io
