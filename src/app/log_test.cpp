#include "app/log.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace davylamp::app {

TEST(LogTest, SaysTheSameAtMostOnceAMinuteAndCountsTheRest) {
  base::ManualClock clock(base::from_unix_seconds(0));
  std::ostringstream out;
  Log log(out, clock, LogLevel::info_);
  clock.advance(base::Seconds{1});
  for (int i = 0; i < 5; ++i) log.warning("the socket is gone");
  clock.advance(base::Seconds{61});
  log.warning("the socket is gone");
  EXPECT_EQ(out.str(),
            "1970-01-01T00:00:01Z warning the socket is gone\n"
            "1970-01-01T00:01:02Z warning the socket is gone (and 4 times before)\n");
}

TEST(LogTest, CannotBeForged) {
  base::ManualClock clock;
  std::ostringstream out;
  Log log(out, clock, LogLevel::info_);
  log.info("login by eve\n2026-01-01T00:00:00Z error fire\x1b[2J");
  EXPECT_EQ(out.str().find('\n'), out.str().size() - 1);
  EXPECT_EQ(out.str().find('\x1b'), std::string::npos);
}

TEST(LogTest, LeavesOutWhatIsBelowTheLeastLevel) {
  base::ManualClock clock;
  std::ostringstream out;
  Log log(out, clock, LogLevel::warning);
  log.info("quiet");
  EXPECT_TRUE(out.str().empty());
}

}  // namespace davylamp::app
