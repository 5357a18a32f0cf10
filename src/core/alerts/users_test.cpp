#include <gtest/gtest.h>

#include "core/alerts/rule_match.hpp"
#include "core/alerts/testing_scene.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;

// 2026-11-30 05:00 UTC, 06:00 in Berlin.
constexpr auto six = base::from_unix_seconds(1'796'014'800);

void watch(AlertScene& scene, ConditionKind condition, const std::string& user) {
  auto& rule = scene.rule(condition);
  rule.subject = user;
  rule.enabled = true;
  scene.set_alerting();
}

class ByNine : public testing::Test {
 protected:
  ByNine() {
    scene.rule(ConditionKind::user_absent).zone = "Europe/Berlin";
    watch(scene, ConditionKind::user_absent, "anna");
    scene.wait_minutes(1);
  }
  AlertScene scene{six};
};

TEST_F(ByNine, WhoDidNotComeIsAbsentUntilComing) {
  scene.wait_minutes(178);
  EXPECT_TRUE(scene.told.empty());
  scene.wait_minutes(5);
  EXPECT_EQ(scene.told, (Told{"10800 fired user_absent anna"}));
  scene.opened(1, "berta");
  scene.wait(10);
  EXPECT_EQ(scene.told.size(), 1U);
  scene.opened(2, "anna");
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 2U);
  EXPECT_EQ(scene.stored_of(ConditionKind::user_absent), 1U);
}

TEST_F(ByNine, WhoCameSinceMidnightOrIsStillThereIsNotAbsent) {
  scene.opened(1, "anna");
  scene.wait_minutes(10);
  scene.closed(1, "anna");
  scene.wait_minutes(200);
  scene.opened(2, "anna");
  scene.wait_minutes(24 * 60);  // over the next morning
  EXPECT_TRUE(scene.told.empty());
  scene.closed(2, "anna");
  scene.wait_minutes(20 * 60);
  EXPECT_TRUE(scene.told.empty());
  scene.wait_minutes(24 * 60);
  EXPECT_EQ(scene.told.size(), 1U);
}

TEST_F(ByNine, ARestartLaterInTheDayDoesNotAskAgain) {
  scene.opened(1, "anna");
  scene.wait_minutes(1);
  scene.closed(1, "anna");
  scene.wait_minutes(5 * 60);
  scene.restart();
  scene.wait_minutes(5 * 60);
  EXPECT_TRUE(scene.told.empty());
}

TEST(Users, AreToldOfOnlyWhereARuleAsks) {
  AlertScene scene;
  watch(scene, ConditionKind::user_connected, "an*");
  watch(scene, ConditionKind::user_disconnected, "anna");
  for (const auto* user : {"anna", "andrea", "berta"}) {
    scene.opened(scene.stored.size() + 1, user);
    scene.closed(scene.stored.size() + 1, user);
    scene.wait(1);
  }
  EXPECT_EQ(scene.told,
            (Told{"1 fired user_connected anna", "1 fired user_disconnected anna", "2 fired user_connected andrea"}));
  // The last word of a session that was closed is no second end.
  scene.closed(1, "anna");
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 3U);
}

TEST(Users, WhoseConnectionFluttersIsToldOfFourTimesAnHour) {
  AlertScene scene;
  watch(scene, ConditionKind::user_connected, "anna");
  for (std::uint64_t id = 1; id <= 20; ++id) {
    scene.opened(id, "anna");
    scene.wait(60);
  }
  EXPECT_EQ(scene.told.size(), 4U);
  EXPECT_EQ(scene.stored.size(), 4U);
  scene.wait(900);
  scene.opened(99, "anna");
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 5U);
}

TEST(Users, AFirstCountryIsLearnedAndAnotherIsNew) {
  AlertScene scene;
  watch(scene, ConditionKind::user_new_country, "");
  scene.opened(1, "anna", "DE");
  scene.wait(1);
  scene.opened(2, "anna", "IR");
  scene.opened(3, "anna", "IR");
  scene.wait(1);
  scene.opened(4, "anna", "DE");
  scene.wait(1);
  EXPECT_EQ(scene.told, (Told{"2 fired user_new_country anna"}));
  // A session may roam.
  model::SessionUpdated update;
  update.facts = scene.session(4, "anna", "FR");
  scene.hear(update);
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 2U);
}

TEST(Users, CountriesOfOpenSessionsAreKnownAfterARestart) {
  AlertScene scene;
  watch(scene, ConditionKind::user_new_country, "");
  scene.open_sessions = {{{}, "", scene.session(1, "anna", "DE")}};
  scene.restart();
  scene.opened(2, "anna", "DE");
  scene.wait(1);
  EXPECT_TRUE(scene.told.empty());
  scene.opened(3, "anna", "FR");
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 1U);
}

TEST(RuleMatch, GlobsMatchWholeNamesAndStaySmall) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("office-*", "office-1"));
  EXPECT_FALSE(matches_glob("office-*", "home-office-1"));
  EXPECT_TRUE(matches_glob("*office*", "home-office-1"));
  EXPECT_TRUE(matches_glob("a?c", "abc"));
  EXPECT_FALSE(matches_glob("a?c", "ac"));
  EXPECT_TRUE(matches_glob("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches_glob("", "a"));
  std::string stars;
  for (int i = 0; i < 1'000; ++i) stars += "*a";
  EXPECT_FALSE(matches_glob(stars + "b", std::string(10'000, 'a')));
}

}  // namespace
}  // namespace davylamp::core
