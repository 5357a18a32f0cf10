#include "sim/script.hpp"

#include <gmock/gmock.h>

namespace davylamp::sim {
namespace {

TEST(Script, IsSortedByTime) {
  const auto lines = parse_script("2.5 * signal SIGUSR1\n# a comment\n\n1 sim-01 move \"Smith, John\" 100 200\n");
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ((*lines)[0].at, base::Milliseconds{1'000});
  EXPECT_THAT((*lines)[0].words, testing::ElementsAre("move", "Smith, John", "100", "200"));
  EXPECT_EQ((*lines)[1].server, "*");
}

TEST(Script, NamesTheLineThatIsWrong) {
  EXPECT_THAT(parse_script("1 * die\nsoon * die").error().message, testing::HasSubstr("line 2"));
  EXPECT_THAT(parse_script("1 * dance").error().message, testing::HasSubstr("dance"));
  EXPECT_THAT(parse_script("1 * leave").error().message, testing::HasSubstr("leave takes 1"));
  EXPECT_FALSE(parse_script("1 *"));
}

}  // namespace
}  // namespace davylamp::sim
