#include <gtest/gtest.h>

#include "core/alerts/testing_scene.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;
using model::Presence;
using model::ServerState;

std::string name_of(const std::string& site, int number) {
  return site + "-" + std::to_string(number);
}

void all(AlertScene& scene, const std::string& site, int count, Presence presence) {
  for (int i = 0; i < count; ++i) scene.agent(name_of(site, i), presence);
}

TEST(SiteWatch, FiftyAgentsThatMissOneDeadlineAreOneMessage) {
  AlertScene scene;
  all(scene, "office", 50, Presence::alive);
  all(scene, "home", 60, Presence::alive);
  scene.wait(180);
  all(scene, "office", 50, Presence::down);
  scene.wait(5);
  EXPECT_EQ(scene.told, (Told{"181 fired site_down office"}));
  const auto* outage = scene.last_of(ConditionKind::site_down);
  EXPECT_EQ(outage->folded, 50U);
  EXPECT_EQ(outage->values.at("count"), "50");
  EXPECT_EQ(scene.stored_of(ConditionKind::agent_down), 50U);
  all(scene, "office", 50, Presence::alive);
  scene.wait(5);
  EXPECT_EQ(scene.told, (Told{"181 fired site_down office", "186 resolved site_down office"}));
}

TEST(SiteWatch, TheFirstOfASiteSpeaksForThoseWhoseGraceStillRuns) {
  AlertScene scene;
  for (int i = 0; i < 30; ++i) {
    scene.agent(name_of("office", i), Presence::alive);
    scene.wait(2);
  }
  all(scene, "home", 40, Presence::alive);
  // Each is late 60 s, and down 180 s after its last heartbeat.
  for (int second = 0; second < 200; ++second) {
    for (int i = 0; i < 30; ++i) {
      const int since = second + 60 - 2 * i;
      if (since == 60) scene.agent(name_of("office", i), Presence::late);
      if (since == 180) scene.agent(name_of("office", i), Presence::down);
    }
    all(scene, "home", 40, Presence::alive);
    scene.wait(1);
  }
  EXPECT_EQ(scene.told, (Told{"181 fired site_down office"}));
}

TEST(SiteWatch, OneOrTwoSilentAgentsSpeakForThemselves) {
  AlertScene scene;
  all(scene, "office", 5, Presence::alive);
  scene.wait(180);
  all(scene, "office", 2, Presence::down);
  scene.wait(1);
  EXPECT_EQ(scene.told, (Told{"181 fired agent_down office-0", "181 fired agent_down office-1"}));
}

TEST(SiteWatch, FoldsThoseWhoWereToldAlreadyAndTheyEndWithTheSite) {
  AlertScene scene;
  all(scene, "office", 5, Presence::alive);
  all(scene, "home", 9, Presence::alive);
  for (int i = 0; i < 5; ++i) {
    scene.wait(60);
    scene.agent(name_of("office", i), Presence::down);
  }
  scene.wait(60);
  EXPECT_EQ(scene.told,
            (Told{"61 fired agent_down office-0", "121 fired agent_down office-1", "181 fired site_down office"}));
  EXPECT_EQ(scene.last_of(ConditionKind::site_down)->folded, 5U);
  all(scene, "office", 5, Presence::alive);
  scene.wait(60);
  EXPECT_EQ(scene.told.size(), 4U);
  EXPECT_EQ(scene.told.back(), "361 resolved site_down office");
}

TEST(SiteWatch, WhoStaysSilentWhenTheSiteIsBackSpeaksForItself) {
  AlertScene scene;
  all(scene, "office", 10, Presence::alive);
  all(scene, "home", 20, Presence::alive);
  scene.wait(180);
  all(scene, "office", 10, Presence::down);
  scene.wait(10);
  all(scene, "office", 9, Presence::alive);
  scene.wait(55);
  EXPECT_EQ(scene.told, (Told{"181 fired site_down office"}));
  scene.wait(10);
  EXPECT_EQ(scene.told,
            (Told{"181 fired site_down office", "252 fired agent_down office-9", "252 resolved site_down office"}));
}

TEST(SiteWatch, ManySitesAtOnceAreTheHub) {
  AlertScene scene;
  for (const auto* site : {"a", "b", "c"}) all(scene, site, 4, Presence::alive);
  scene.wait(180);
  for (const auto* site : {"a", "b", "c"}) all(scene, site, 4, Presence::down);
  scene.wait(5);
  EXPECT_EQ(scene.told, (Told{"181 fired site_down hub"}));
  EXPECT_EQ(scene.last_of(ConditionKind::site_down)->folded, 12U);
}

TEST(SiteWatch, AnAgentThatWasDownLongBeforeIsNoPartOfIt) {
  AlertScene scene;
  all(scene, "office", 8, Presence::alive);
  scene.wait(60);
  all(scene, "office", 2, Presence::down);
  scene.wait(1);
  for (int i = 2; i < 8; ++i) scene.agent(name_of("office", i), Presence::alive);
  scene.wait(3'600);
  const auto before = scene.told.size();
  for (int i = 2; i < 8; ++i) scene.agent(name_of("office", i), Presence::alive);
  scene.wait(180);
  for (int i = 2; i < 8; ++i) scene.agent(name_of("office", i), Presence::down);
  scene.wait(1);
  ASSERT_EQ(scene.told.size(), before + 1);
  EXPECT_EQ(scene.last_of(ConditionKind::site_down)->values.at("limit"), "6");
}

TEST(SiteWatch, AnOutageGoesOnOverARestart) {
  AlertScene scene;
  all(scene, "office", 6, Presence::alive);
  all(scene, "home", 9, Presence::alive);
  scene.wait(180);
  all(scene, "office", 6, Presence::down);
  scene.wait(5);
  scene.restart();
  all(scene, "office", 6, Presence::waiting);
  scene.wait(100);
  all(scene, "office", 6, Presence::down);
  scene.wait(400);
  EXPECT_EQ(scene.told, (Told{"181 fired site_down office"}));
  all(scene, "office", 6, Presence::alive);
  scene.wait(5);
  EXPECT_EQ(scene.told.size(), 2U);
}

TEST(SiteWatch, AServerThatIsDownHidesItsUsers) {
  AlertScene scene;
  scene.rule(ConditionKind::user_disconnected).enabled = true;
  scene.set_alerting();
  scene.opened(1, "anna");
  scene.server("udp", ServerState::down);
  scene.wait(20);
  scene.closed(1, "anna");
  scene.wait(1);
  EXPECT_EQ(scene.told, (Told{"15 fired server_down udp"}));
  EXPECT_EQ(scene.last_of(ConditionKind::user_disconnected)->folded_into,
            scene.last_of(ConditionKind::server_down)->id);
}

}  // namespace
}  // namespace davylamp::core
