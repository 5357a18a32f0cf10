#include "core/alerts/notices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/alerts/quiet_hours.hpp"
#include "core/alerts/testing_scene.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;
using model::FindingKind;
using model::Presence;
using model::Severity;
using testing::UnorderedElementsAre;

// 2026-11-30 11:00 UTC, noon in Berlin.
constexpr auto noon = base::from_unix_seconds(1'796'036'400);

AlertChannel quiet_telegram() {
  AlertChannel channel;
  channel.name = "telegram";
  channel.quiet_from = 22 * 60;
  channel.quiet_to = 7 * 60;
  channel.zone = "Europe/Berlin";
  return channel;
}

class QuietNight : public testing::Test {
 protected:
  QuietNight() {
    scene.channels = {quiet_telegram()};
    scene.begin();
    scene.wait_minutes(11 * 60);  // 23:00 in Berlin
  }
  AlertScene scene{noon};
};

TEST(QuietHours, GoOverMidnightAndMoveWithTheClocks) {
  EXPECT_TRUE(is_quiet(1320, 420, 1320));
  EXPECT_TRUE(is_quiet(1320, 420, 0));
  EXPECT_FALSE(is_quiet(1320, 420, 420));
  EXPECT_TRUE(is_quiet(60, 120, 60));
  EXPECT_FALSE(is_quiet(60, 120, 120));
  EXPECT_FALSE(is_quiet(60, 60, 60));
  const TestingZones zones;
  // 2026-10-25: at 01:00 UTC Berlin goes back from 03:00 to 02:00.
  EXPECT_EQ(minute_of_day(zones, "Europe/Berlin", base::from_unix_seconds(1'792'889'999)), 179);
  EXPECT_EQ(minute_of_day(zones, "Europe/Berlin", base::from_unix_seconds(1'792'890'000)), 120);
  EXPECT_EQ(minute_of_day(zones, "Nowhere", base::from_unix_seconds(1'792'890'000)), 60);
  EXPECT_EQ(parse_time_of_day("09:05"), 545);
  for (const auto* bad : {"", "9:05", "24:00", "12:60", "12-00", "ab:cd"}) EXPECT_FALSE(parse_time_of_day(bad)) << bad;
}

TEST_F(QuietNight, WhatIsStillTrueInTheMorningIsOneMessageThen) {
  scene.agent("a", Presence::down);
  scene.agent("b", Presence::down);
  scene.wait(60);
  EXPECT_TRUE(scene.told.empty());
  EXPECT_EQ(scene.last_of(ConditionKind::agent_down)->marks.back().text, "waits on telegram");
  scene.wait_minutes(8 * 60);
  EXPECT_EQ(scene.told.size(), 1U);
  EXPECT_EQ(scene.told.at(0), "68400 fired agent_down a +1");  // 07:00
  scene.agent("a", Presence::alive);
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 2U);
}

TEST_F(QuietNight, WhatIsOverBeforeTheMorningIsNotTold) {
  scene.agent("a", Presence::down);
  scene.wait(60);
  scene.agent("a", Presence::alive);
  scene.wait_minutes(10 * 60);
  EXPECT_TRUE(scene.told.empty());
  const auto& marks = scene.last_of(ConditionKind::agent_down)->marks;
  EXPECT_EQ(std::ranges::count(marks, "over before it was told on telegram", &model::IncidentMark::text), 1);
}

TEST_F(QuietNight, CriticalPasses) {
  scene.agent("a", Presence::alive, {scene.finding(FindingKind::bypass)});
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 1U);
}

TEST_F(QuietNight, WhatWaitsIsNotForgottenByARestart) {
  scene.agent("a", Presence::down);
  scene.wait(60);
  scene.restart();
  scene.agent("a", Presence::down);
  scene.wait_minutes(8 * 60);
  EXPECT_EQ(scene.told, (Told{"68400 fired agent_down a"}));
}

TEST(Notices, GroupWhatFiresTogetherAndTheFirstGoesAtOnce) {
  AlertScene scene;
  scene.channels.at(0).group_seconds = 30;
  scene.begin();
  for (const auto* name : {"a", "b", "c"}) {
    scene.agent(name, Presence::alive);
    scene.hear(model::JobChanged{{name, scene.now(), scene.now(), false, "it failed", {}}});
    scene.wait(5);
  }
  EXPECT_EQ(scene.told, (Told{"1 fired job_failed a"}));
  scene.wait(100);
  EXPECT_EQ(scene.told, (Told{"1 fired job_failed a", "31 fired job_failed b +1"}));
  // The gravest does not wait for lesser ones.
  scene.hear(model::JobChanged{{"d", scene.now(), scene.now(), false, "it failed", {}}});
  scene.wait(1);
  scene.agent("a", Presence::alive, {scene.finding(FindingKind::bypass)});
  scene.wait(1);
  EXPECT_EQ(scene.told.size(), 4U);
}

TEST(Notices, AreOneEachWithoutGroupingAlsoOfWhatFiresAtOnce) {
  AlertScene scene;
  scene.begin();
  scene.agent("tv", Presence::alive, {scene.finding(FindingKind::dns_leak)});
  scene.agent("nas", Presence::alive, {scene.finding(FindingKind::bypass)});
  scene.agent("phone", Presence::alive, {scene.finding(FindingKind::ipv6_leak)});
  scene.take();
  EXPECT_THAT(scene.told, UnorderedElementsAre("0 fired agent_dns_leak tv", "0 fired agent_bypass nas",
                                               "0 fired agent_ipv6_leak phone"));
  for (const auto& delivery : scene.deliveries) EXPECT_EQ(delivery.incident_id, delivery.incident.id);
  scene.told.clear();
  for (const auto* name : {"tv", "nas", "phone"}) scene.agent(name, Presence::alive);
  scene.wait(60);
  EXPECT_EQ(scene.told.size(), 3U);
}

TEST(Notices, OfOneMomentAreOneMessageWithGrouping) {
  AlertScene scene;
  scene.channels.at(0).group_seconds = 5;
  scene.begin();
  scene.agent("nas", Presence::alive, {scene.finding(FindingKind::bypass)});
  scene.agent("phone", Presence::alive, {scene.finding(FindingKind::ipv6_leak)});
  scene.take();
  EXPECT_EQ(scene.told, (Told{"0 fired agent_bypass nas +1"}));
  EXPECT_EQ(scene.deliveries.at(0).incident.values.at("others"), "phone");
  EXPECT_FALSE(scene.last_of(ConditionKind::agent_bypass)->values.contains("others"));
}

TEST(Notices, NameNoUsersInAGroupSoThatTheyCanBeErased) {
  AlertScene scene;
  scene.channels.at(0).group_seconds = 5;
  scene.rule(ConditionKind::user_connected).enabled = true;
  scene.begin();
  scene.opened(1, "anna");
  scene.opened(2, "berta");
  scene.take();
  ASSERT_EQ(scene.deliveries.size(), 1U);
  EXPECT_EQ(scene.deliveries.at(0).others, 1U);
  EXPECT_FALSE(scene.deliveries.at(0).incident.values.contains("others"));
}

TEST(Notices, NameTheSubjectsOfAGroupEachOnceAndTheFirstFewOfMany) {
  AlertScene scene;
  scene.channels.at(0).group_seconds = 5;
  scene.begin();
  scene.agent("a", Presence::alive, {scene.finding(FindingKind::bypass)});
  for (int i = 0; i < 10; ++i) {
    scene.agent("b" + std::to_string(i), Presence::alive,
                {scene.finding(FindingKind::dns_leak), scene.finding(FindingKind::ipv6_leak)});
  }
  scene.take();
  ASSERT_EQ(scene.deliveries.size(), 1U);
  EXPECT_EQ(scene.deliveries.at(0).others, 20U);
  EXPECT_EQ(scene.deliveries.at(0).incident.values.at("others"), "b0, b1, b2, b3, b4, b5, b6, b7, ...");
}

TEST(Notices, GoToTheChannelsOfTheRuleAndOfTheirSeverity) {
  AlertScene scene;
  scene.channels = {{"telegram", Severity::critical}, {"email"}, {"pager"}};
  scene.rule(ConditionKind::agent_ipv6_leak).channels = {"pager"};
  scene.begin();
  scene.agent("a", Presence::alive, {scene.finding(FindingKind::exit_changed)});
  scene.agent("b", Presence::alive, {scene.finding(FindingKind::dns_leak)});
  scene.agent("c", Presence::alive, {scene.finding(FindingKind::ipv6_leak)});
  scene.wait(1);
  std::ranges::sort(scene.told);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_dns_leak b", "1 fired agent_dns_leak b on email",
                              "1 fired agent_dns_leak b on pager", "1 fired agent_exit_changed a on email",
                              "1 fired agent_exit_changed a on pager", "1 fired agent_ipv6_leak c on pager"}));
}

TEST(Notices, ASilenceHidesAndWhatStillFiresIsToldAfterIt) {
  AlertScene scene;
  scene.alerting.silences = {
      {7, false, {}, "office*", scene.now(), scene.now() + base::Seconds{100}, "painters", "anna"}};
  scene.set_alerting();
  scene.agent("office-1", Presence::alive, {scene.finding(FindingKind::dns_leak)});
  scene.agent("office-2", Presence::alive, {scene.finding(FindingKind::ipv6_leak)});
  scene.agent("home-1", Presence::alive, {scene.finding(FindingKind::bypass)});
  scene.wait(10);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_bypass home-1"}));
  EXPECT_EQ(scene.last_of(ConditionKind::agent_dns_leak)->silence_id, 7U);
  scene.agent("office-2", Presence::alive);
  scene.wait(100);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_bypass home-1", "100 fired agent_dns_leak office-1"}));
}

TEST(Notices, ASilenceMayBeOfOneConditionAndOfASite) {
  AlertScene scene;
  scene.alerting.silences = {{7, true, ConditionKind::agent_down, "office", scene.now(),
                              scene.now() + base::Seconds{100}, "new router", "anna"}};
  scene.set_alerting();
  scene.agent("office-1", Presence::down);
  scene.agent("office-2", Presence::alive, {scene.finding(FindingKind::ipv6_leak)});
  scene.wait(10);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_ipv6_leak office-2"}));
  EXPECT_TRUE(scene.engine().in_maintenance({"office-1"}, scene.now()).empty());
  scene.alerting.silences.at(0).condition.reset();
  scene.set_alerting();
  EXPECT_EQ(scene.engine().in_maintenance({"home-1", "office-1"}, scene.now()), (Told{"office-1"}));
  EXPECT_TRUE(scene.engine().in_maintenance({"office-1"}, scene.now() + base::Seconds{91}).empty());
}

TEST(Notices, AreRepeatedUntilSomebodyTakesIt) {
  AlertScene scene;
  scene.rule(ConditionKind::agent_down).repeat_seconds = 100;
  scene.set_alerting();
  scene.agent("a", Presence::down);
  scene.wait(250);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_down a", "101 again agent_down a", "201 again agent_down a"}));
  scene.engine().acknowledge(scene.deliveries.at(0).incident_id, "anna", scene.now());
  scene.engine().acknowledge(scene.deliveries.at(0).incident_id, "berta", scene.now());
  EXPECT_TRUE(scene.engine().urgent());
  scene.wait(250);
  EXPECT_EQ(scene.told.size(), 3U);
  EXPECT_EQ(scene.last_of(ConditionKind::agent_down)->acknowledged_by, "anna");
  scene.agent("a", Presence::alive);
  scene.wait(1);
  EXPECT_EQ(scene.told.back(), "501 resolved agent_down a");
}

TEST(Notices, NothingIsToldTwiceOverARestartAndHoldsGoOn) {
  AlertScene scene;
  scene.agent("a", Presence::down);
  scene.wait(10);
  for (int i = 0; i < 3; ++i) {
    scene.restart();
    scene.agent("a", Presence::down);
    scene.wait(10);
  }
  EXPECT_EQ(scene.told, (Told{"1 fired agent_down a"}));
  scene.restart();
  scene.agent("a", Presence::alive);
  scene.wait(1);
  EXPECT_EQ(scene.told.back(), "41 resolved agent_down a");
  EXPECT_EQ(scene.deliveries.at(1).id, 2U);
  EXPECT_EQ(scene.last_of(ConditionKind::agent_down)->flaps, 0U);
}

TEST(Notices, WhatNobodySpeaksOfAfterARestartIsOver) {
  AlertScene scene;
  scene.server("udp", model::ServerState::down);
  scene.wait(20);
  scene.restart();
  scene.server("udp", model::ServerState::connecting);
  scene.wait(200);
  EXPECT_EQ(scene.told.size(), 1U);
  scene.wait(110);
  EXPECT_EQ(scene.told.back(), "320 resolved server_down udp");
}

}  // namespace
}  // namespace davylamp::core
