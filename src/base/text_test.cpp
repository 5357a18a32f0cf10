#include "base/text.hpp"

#include <gtest/gtest.h>

namespace davylamp::base {

TEST(Text, ReadsWholeNumbersOnly) {
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), 18446744073709551615ULL);
  EXPECT_FALSE(parse_number<std::uint64_t>("18446744073709551616"));
  EXPECT_FALSE(parse_number<std::uint64_t>("-1"));
  EXPECT_FALSE(parse_number<std::uint64_t>("3abc"));
  EXPECT_FALSE(parse_number<std::uint64_t>(""));
}

TEST(Text, ReplacesBadBytesAndKeepsGoodOnes) {
  EXPECT_EQ(to_utf8("Zo\xC3\xAB"), "Zo\xC3\xAB");
  EXPECT_EQ(to_utf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(to_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "a surrogate is not UTF-8";
  EXPECT_EQ(to_utf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "an overlong form is not UTF-8";
  EXPECT_FALSE(is_utf8("cut \xE4\xBD"));
}

TEST(Text, MakesWhatMovesTheCursorVisible) {
  EXPECT_EQ(printable("eve\x1b[2J\r\n"), "eve\\x1b[2J\\x0d\\x0a");
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a\\u202eb");
  EXPECT_EQ(printable("Zo\xC3\xAB \xE4\xBD\xA0"), "Zo\xC3\xAB \xE4\xBD\xA0");
}

TEST(Text, SearchesWithoutCase) {
  EXPECT_TRUE(contains_ignoring_case("Smith, John", "john"));
  EXPECT_TRUE(contains_ignoring_case("Smith", ""));
  EXPECT_FALSE(contains_ignoring_case("Smith", "smyth"));
}

}  // namespace davylamp::base
