#include "app/cli/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

base::Result<Arguments> parse(std::vector<std::string_view> words) {
  return parse_arguments(words, {{"--admin"}, {"--role"}});
}

TEST(Arguments, TellsFlagsValuesAndNamesApart) {
  const auto arguments = parse({"anna", "--admin", "--role", "viewer", "-", "--", "--bob"});
  ASSERT_TRUE(arguments);
  EXPECT_THAT(arguments->names, ElementsAre("anna", "-", "--bob"));
  EXPECT_TRUE(arguments->has("--admin"));
  EXPECT_EQ(arguments->value("--role"), "viewer");
  EXPECT_EQ(parse({"--role=admin"})->value("--role"), "admin");
  EXPECT_FALSE(parse({})->value("--role"));
}

TEST(Arguments, NamesWhatItDoesNotKnow) {
  EXPECT_THAT(parse({"--amdin"}).error().message, HasSubstr("unknown option --amdin"));
  EXPECT_THAT(parse({"--role"}).error().message, HasSubstr("--role needs a value"));
  EXPECT_THAT(parse({"--admin=yes"}).error().message, HasSubstr("unknown option --admin"));
  EXPECT_THAT(parse({"--\x1b[2J"}).error().message, testing::Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace davylamp::app
