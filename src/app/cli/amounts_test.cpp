#include "app/cli/amounts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::HasSubstr;

TEST(Amounts, DecimalUnlessSaidOtherwise) {
  EXPECT_EQ(parse_volume("5GB"), 5'000'000'000U);
  EXPECT_EQ(parse_volume("20G"), 20'000'000'000U);
  EXPECT_EQ(parse_volume("5gb"), 5'000'000'000U);
  EXPECT_EQ(parse_volume("500 MiB"), 524'288'000U);
  EXPECT_EQ(parse_volume("1.5 TB"), 1'500'000'000'000U);
  EXPECT_EQ(parse_volume("0.5KiB"), 512U);
  EXPECT_EQ(parse_volume("20971520B"), 20'971'520U);
  EXPECT_EQ(parse_volume(" 1 kB "), 1'000U);
}

TEST(Amounts, WhatIsUnclearSaysHowToWriteIt) {
  EXPECT_THAT(parse_volume("20").error().message, HasSubstr("has no unit; write 20GB, 20MiB, or 20B"));
  EXPECT_THAT(parse_volume("5Gb").error().message, HasSubstr("could mean bits; write 5GB"));
  EXPECT_THAT(parse_volume("5 parsec").error().message, HasSubstr("unit that is not known"));
  EXPECT_THAT(parse_volume("0GB").error().message, HasSubstr("davylamp block"));
  EXPECT_THAT(parse_volume("1.0001kB").error().message, HasSubstr("no whole number"));
  EXPECT_THAT(parse_volume("99999999PB").error().message, HasSubstr("too much"));
  for (const auto* wrong : {"", "GB", "-5GB", "1.2.3GB", "1.GB", ".5GB", "5,5GB", "\x1b[2J"}) {
    EXPECT_FALSE(parse_volume(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace davylamp::app
