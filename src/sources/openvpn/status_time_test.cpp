#include "sources/openvpn/status_time.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace davylamp::openvpn {
namespace {

constexpr ServerZone utc{std::chrono::seconds{0}};

TEST(StatusTime, ReadsBothForms) {
  EXPECT_EQ(parse_status_time("2031-02-03 04:05:06", utc), 1927857906);
  EXPECT_EQ(parse_status_time("Mon Feb  3 04:05:06 2031", utc), 1927857906);
  EXPECT_EQ(parse_status_time("Mon Feb 3 04:05:06 2031", utc), 1927857906);
  EXPECT_EQ(parse_status_time("Thu Jan  1 00:00:00 1970", utc), 0);
}

TEST(StatusTime, DoesNotCareForTheDayOfTheWeek) {
  EXPECT_EQ(parse_status_time("Fri Feb  3 04:05:06 2031", utc), 1927857906);
}

TEST(StatusTime, SubtractsTheOffsetOfTheServer) {
  EXPECT_EQ(parse_status_time("2031-02-03 04:05:06", ServerZone{std::chrono::hours{8}}), 1927857906 - 8 * 3600);
  EXPECT_EQ(parse_status_time("2031-02-03 04:05:06", ServerZone{std::chrono::hours{-5}}), 1927857906 + 5 * 3600);
}

TEST(StatusTime, WithoutOffsetItIsTheZoneOfThisMachine) {
  std::tm local{};
  local.tm_year = 131;
  local.tm_mon = 1;
  local.tm_mday = 3;
  local.tm_hour = 4;
  local.tm_isdst = -1;
  EXPECT_EQ(parse_status_time("2031-02-03 04:00:00", {}), static_cast<std::int64_t>(std::mktime(&local)));
}

TEST(StatusTime, RefusesWhatIsNone) {
  for (const char* text :
       {"", "test", "2031-02-30 04:05:06", "2031-13-03 04:05:06", "2031-02-03 24:05:06", "2031-02-03T04:05:06",
        "2031-02-03 04:05", "Mon Feb  3 04:", "Mon Fev  3 04:05:06 2031", "Mon anF  3 04:05:06 2031",
        "Mon Feb 32 04:05:06 2031", "Mon Feb  3 04:05:06 203", "1969-12-31 23:59:59"}) {
    EXPECT_FALSE(is_status_time(text)) << text;
  }
}

}  // namespace
}  // namespace davylamp::openvpn
