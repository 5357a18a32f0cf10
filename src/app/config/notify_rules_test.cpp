#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config.hpp"
#include "app/config/quiet_hours.hpp"

namespace davylamp::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> problems_of(const std::string& text) {
  return read_config(text, "davylamp.toml", {}).problems;
}

const std::string telegram = "[[notify.telegram]]\nname = \"ops\"\ntoken_file = \"/t\"\nchats = [\"1\"]\n";
const std::string email =
    "[[notify.email]]\nname = \"mail\"\nserver = \"smtps://mail.example.org\"\nfrom = \"a@example.org\"\n"
    "to = [\"b@example.org\"]\n";

TEST(NotifyRules, GoodChannelsAreTaken) {
  EXPECT_THAT(
      problems_of(telegram + "quiet = \"22:00-07:00\"\nzone = \"Asia/Tehran\"\nlanguage = \"fa\"\n" + email +
                  "[[notify.ntfy]]\nname = \"push\"\nurl = \"https://ntfy.sh/topic\"\n"
                  "[[notify.webhook]]\nname = \"hook\"\nurl = \"http://10.0.0.5/x?y=1\"\nsecret_file = \"env:HOOK\"\n"),
      IsEmpty());
}

TEST(NotifyRules, NamesDifferOverAllKinds) {
  EXPECT_THAT(problems_of(telegram + "[[notify.ntfy]]\nname = \"ops\"\nurl = \"https://ntfy.sh/topic\"\n"),
              ElementsAre(HasSubstr("is the name of notify.telegram[0] already")));
}

TEST(NotifyRules, ATokenItselfIsNoPlace) {
  EXPECT_THAT(problems_of("[[notify.telegram]]\nname = \"ops\"\ntoken_file = \"123:abc\"\nchats = [\"1\"]\n"),
              ElementsAre(HasSubstr("never the secret itself")));
}

TEST(NotifyRules, TheTokenGoesNowhereInClear) {
  EXPECT_THAT(problems_of(telegram + "api = \"http://telegram.example.org\"\n"),
              ElementsAre(HasSubstr("must be an https URL")));
  EXPECT_THAT(problems_of(telegram + "api = \"http://127.0.0.1:9000\"\n"), IsEmpty());
}

TEST(NotifyRules, WhatCannotWorkIsSaid) {
  EXPECT_THAT(problems_of(telegram + "quiet = \"22-7\"\n"), ElementsAre(HasSubstr("two times of the day")));
  EXPECT_THAT(problems_of(telegram + "zone = \"Europe Berlin\"\n"), ElementsAre(HasSubstr("time zone")));
  EXPECT_THAT(problems_of("[[notify.telegram]]\nname = \"ops\"\ntoken_file = \"/t\"\nchats = [\"me\"]\n"),
              ElementsAre(HasSubstr("neither a number nor @name")));
  EXPECT_THAT(problems_of(email + "user = \"a\"\n"), ElementsAre(HasSubstr("go together")));
  EXPECT_THAT(problems_of("[[notify.ntfy]]\nname = \"push\"\nurl = \"https://ntfy.sh\"\n"),
              ElementsAre(HasSubstr("must end in the topic")));
  EXPECT_THAT(problems_of("[[notify.webhook]]\nname = \"hook\"\nurl = \"https://me:pw@example.org/\"\n"),
              ElementsAre(HasSubstr("without a user and password")));
  EXPECT_THAT(problems_of("[[notify.email]]\nname = \"m\"\nserver = \"smtp://h\"\nfrom = \"a@b\\r\\nBcc: x@y\"\n"
                          "to = [\"b@c\"]\n"),
              ElementsAre(HasSubstr("must be a mail address")));
}

TEST(QuietHours, AreTwoTimesOfTheDay) {
  const auto quiet = parse_quiet_hours("22:00-07:30");
  ASSERT_TRUE(quiet);
  EXPECT_EQ(quiet->from, 1320);
  EXPECT_EQ(quiet->to, 450);
  for (const auto* wrong : {"", "22:00", "24:00-07:00", "22:60-07:00", "2:00-7:00", "07:00-07:00", "a-b"}) {
    EXPECT_FALSE(parse_quiet_hours(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace davylamp::app
