#include "base/percent.hpp"

#include <gtest/gtest.h>

namespace davylamp::base {

TEST(PercentEncoded, LeavesOnlyWhatMeansNothingInAUrl) {
  EXPECT_EQ(percent_encoded("anna-1.x~_Z9"), "anna-1.x~_Z9");
  EXPECT_EQ(percent_encoded("a/b?c d\r\n\xc3\xab"), "a%2Fb%3Fc%20d%0D%0A%C3%AB");
  EXPECT_EQ(percent_encoded(std::string_view("\0%&=+", 5)), "%00%25%26%3D%2B");
  EXPECT_EQ(percent_encoded(""), "");
}

}  // namespace davylamp::base
