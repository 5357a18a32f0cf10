#include "base/time.hpp"

#include <gtest/gtest.h>

#include "base/backoff.hpp"

namespace davylamp::base {

TEST(TimeTest, FloorsToTheStep) {
  EXPECT_EQ(floor_to(from_unix_seconds(119), Seconds{60}), from_unix_seconds(60));
  EXPECT_EQ(floor_to(from_unix_seconds(-1), Seconds{60}), from_unix_seconds(-60));
}

TEST(BackoffTest, DoublesUpToTheLongestWithinTheUpperHalf) {
  Backoff backoff({.first = Milliseconds{100}, .longest = Milliseconds{400}}, 42);
  for (const int step : {100, 200, 400, 400, 400}) {
    const auto wait = backoff.next();
    EXPECT_GE(wait, Milliseconds{step / 2});
    EXPECT_LE(wait, Milliseconds{step});
  }
  backoff.reset();
  EXPECT_LE(backoff.next(), Milliseconds{100});
}

TEST(BackoffTest, DiffersBetweenSeeds) {
  Backoff one({}, 1);
  Backoff two({}, 99);
  bool differs = false;
  for (int i = 0; i < 8; ++i) differs = one.next() != two.next() || differs;
  EXPECT_TRUE(differs);
}

}  // namespace davylamp::base
