#include "core/agents/presence.hpp"

#include <gtest/gtest.h>

#include "core/agents/testing_lab.hpp"

namespace davylamp::core {
namespace {

using model::Presence;
using model::Verdict;
using namespace std::chrono_literals;

TEST(Presence, TheAgentsOwnIntervalWinsWithinBounds) {
  model::AgentSettings settings;
  settings.interval_seconds = 300;
  EXPECT_EQ(interval_in_force(settings, std::nullopt), 300U);
  EXPECT_EQ(interval_in_force(settings, 30), 30U);
  EXPECT_EQ(interval_in_force(settings, 1), 5U);
  EXPECT_EQ(interval_in_force(settings, 1'000'000), 86'400U);
}

TEST(Presence, GraceIsTwiceTheIntervalUnlessWritten) {
  model::AgentSettings settings;
  EXPECT_EQ(grace_of(settings, 60), 120s);
  settings.grace_seconds = 15;
  EXPECT_EQ(grace_of(settings, 60), 15s);
}

class PresenceBoard : public testing::Test, protected AgentLab {};

TEST_F(PresenceBoard, WaitsForTheFirstReport) {
  add("nas");
  lay_down();
  pass(3600s);
  EXPECT_EQ(agent("nas").presence, Presence::waiting);
  EXPECT_EQ(agent("nas").verdict, Verdict::waiting);
  EXPECT_EQ(up_and_down("nas"), std::pair(std::uint64_t{0}, std::uint64_t{0}));
}

TEST_F(PresenceBoard, IsLateAfterItsDeadlineAndDownAfterItsGrace) {
  add("nas");
  lay_down();
  hear(sealed("nas"));
  pass(65s);
  EXPECT_EQ(agent("nas").presence, Presence::alive);
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  pass(1s);
  EXPECT_EQ(agent("nas").presence, Presence::late);
  EXPECT_EQ(agent("nas").verdict, Verdict::late);
  pass(119s);
  EXPECT_EQ(agent("nas").presence, Presence::late);
  pass(1s);
  EXPECT_EQ(agent("nas").presence, Presence::down);
  EXPECT_EQ(agent("nas").verdict, Verdict::silent);
  hear(sealed("nas"));
  EXPECT_TRUE(board->urgent());
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
}

TEST_F(PresenceBoard, WhoGoesDownIsToldAtOnce) {
  add("nas");
  lay_down();
  hear(sealed("nas"));
  pass(185s);
  EXPECT_FALSE(board->urgent());
  now += 1s;
  board->tick(now);
  EXPECT_TRUE(board->urgent());
}

TEST_F(PresenceBoard, TheHubsOwnAbsenceIsNobodysDowntime) {
  add("nas");
  lay_down();
  hear_sealed("nas", 10);
  restart_after(7200s);
  EXPECT_EQ(agent("nas").presence, Presence::alive);
  pass(50s);
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  hear_sealed("nas", 10);
  EXPECT_EQ(up_and_down("nas").second, 0U);
  EXPECT_NEAR(static_cast<double>(up_and_down("nas").first), 1250, 2);
}

TEST_F(PresenceBoard, WhoDoesNotComeBackAfterTheHubsAbsenceIsDownFromThenOn) {
  add("nas");
  lay_down();
  hear_sealed("nas", 10);
  restart_after(7200s);
  pass(185s);
  EXPECT_EQ(agent("nas").presence, Presence::late);
  pass(1s);
  EXPECT_EQ(agent("nas").presence, Presence::down);
  pass(600s);
  EXPECT_LE(up_and_down("nas").second, 786U);
  EXPECT_GE(up_and_down("nas").second, 600U);
}

TEST_F(PresenceBoard, WhoWasDownStaysDownOverARestart) {
  add("nas");
  lay_down();
  hear(sealed("nas"));
  pass(400s);
  const auto since = agent("nas").verdict_since_at;
  restart_after(60s);
  pass(10s);
  EXPECT_EQ(agent("nas").presence, Presence::down);
  EXPECT_EQ(agent("nas").verdict_since_at, since);
}

TEST_F(PresenceBoard, AClockThatJumpsMakesNobodyDown) {
  for (int i = 0; i < 50; ++i) add("a" + std::to_string(i));
  lay_down();
  for (const auto hours : {1, -2, 24}) {
    for (int i = 0; i < 50; ++i) hear(sealed("a" + std::to_string(i)));
    now += std::chrono::hours{hours};
    board->tick(now);
    pass(30s);
    for (int i = 0; i < 50; ++i) {
      ASSERT_EQ(agent("a" + std::to_string(i)).presence, Presence::alive) << hours;
      hear(sealed("a" + std::to_string(i)));
    }
    pass(60s);
    EXPECT_EQ(agent("a7").last_heard_at, now - 60s);
  }
  EXPECT_EQ(up_and_down("a7").second, 0U);
}

TEST_F(PresenceBoard, NobodyWaitsForWhoIsPausedOrUnderMaintenance) {
  add("nas");
  lay_down();
  hear(sealed("nas"));
  pass(10s);
  board->set_maintenance({"nas"}, now);
  pass(1000s);
  EXPECT_EQ(agent("nas").verdict, Verdict::paused);
  board->set_maintenance({}, now);
  pass(30s);
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  settings[0].paused = true;
  lay_down();
  pass(1000s);
  EXPECT_EQ(agent("nas").presence, Presence::paused);
  settings[0].paused = false;
  lay_down();
  hear(sealed("nas"));
  pass(10s);
  EXPECT_EQ(up_and_down("nas").second, 0U);
}

TEST_F(PresenceBoard, LateReportsFillTheHoursAndRepairDowntime) {
  add("nas");
  lay_down();
  hear_sealed("nas", 5);
  std::vector<model::Heartbeat> queued;
  for (int i = 0; i < 20; ++i) {
    queued.push_back(sealed("nas"));
    queued.back().late = true;
    pass(60s);
  }
  EXPECT_EQ(agent("nas").presence, Presence::down);
  EXPECT_GT(up_and_down("nas").second, 900U);
  hear(sealed("nas"));
  for (auto& heartbeat : queued) {
    heartbeat.received_at = now;
    hear(heartbeat);
  }
  pass(60s);
  EXPECT_EQ(up_and_down("nas"), std::pair(std::uint64_t{1560}, std::uint64_t{0}));
  EXPECT_EQ(agent("nas").late_heartbeats, 20U);
  EXPECT_EQ(hours.begin()->second.heartbeats, 26U);
}

TEST_F(PresenceBoard, LateReportsNeverChangeWhatIsTrueNow) {
  add("nas").real_networks = {"203.0.113.0/24"};
  lay_down();
  auto old = passed_by("nas");
  pass(600s);
  hear(sealed("nas"));
  old.late = true;
  old.received_at = now;
  hear(old);
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
  EXPECT_EQ(agent("nas").last->number, 2U);
  store();
  EXPECT_GT(hours.begin()->second.leaking_seconds, 0U);
}

TEST_F(PresenceBoard, ALateReportOfLongAgoDoesNotMakeAlive) {
  add("nas");
  lay_down();
  hear(sealed("nas"));
  pass(30s);
  auto old = sealed("nas");
  pass(900s);
  old.late = true;
  old.received_at = now;
  hear(old);
  EXPECT_EQ(agent("nas").presence, Presence::down);
}

TEST_F(PresenceBoard, WhatWaitedThroughAnOutageIsNoNewTrouble) {
  add("nas");
  lay_down();
  hear_sealed("nas", 3);
  auto old = cut("nas");
  pass(600s);
  old.late = true;
  old.received_at = now;
  hear(old);
  EXPECT_TRUE(agent("nas").findings.empty());
  EXPECT_EQ(agent("nas").verdict, Verdict::silent);
  hear(sealed("nas"));
  EXPECT_EQ(agent("nas").verdict, Verdict::sealed);
}

TEST_F(PresenceBoard, APingIsAliveAndNeverSealed) {
  add("cron");
  lay_down();
  model::Heartbeat ping;
  ping.number = 1;
  ping.agent = "cron";
  ping.received_at = ping.measured_at = now;
  hear(ping);
  EXPECT_EQ(agent("cron").verdict, Verdict::alive);
  ping.number = 2;
  ping.signal = model::HeartbeatSignal::failed;
  ping.note = "backup: disk full";
  hear(ping);
  EXPECT_EQ(agent("cron").verdict, Verdict::degraded);
  EXPECT_EQ(agent("cron").sentence, "It reports a failure: backup: disk full");
  ping.number = 3;
  ping.signal = model::HeartbeatSignal::started;
  hear(ping);
  EXPECT_EQ(agent("cron").verdict, Verdict::degraded);
  ping.number = 4;
  ping.signal = model::HeartbeatSignal::alive;
  hear(ping);
  EXPECT_EQ(agent("cron").verdict, Verdict::alive);
}

TEST_F(PresenceBoard, WhoIsRemovedIsGoneAndWhoIsNotKnownYetIsHeardOnceItIs) {
  add("nas");
  lay_down();
  hear(sealed("nas"));
  hear(sealed("van"));
  add("van");
  lay_down();
  EXPECT_EQ(agent("van").presence, Presence::alive);
  settings.erase(settings.begin());
  lay_down();
  const auto moves = board->take();
  EXPECT_EQ(moves.gone, std::vector<std::string>{"nas"});
  ASSERT_EQ(moves.changed.size(), 1U);
  EXPECT_EQ(board->find("nas"), nullptr);
  hear(sealed("ghost"));
  lay_down();
  EXPECT_EQ(board->dropped_heartbeats(), 1U);
}

TEST_F(PresenceBoard, FiftyBehindOneAddressAreFiftyAgents) {
  for (int i = 0; i < 50; ++i) add("a" + std::to_string(i), "office");
  lay_down();
  for (int i = 0; i < 50; ++i) hear(sealed("a" + std::to_string(i)));
  pass(60s);
  for (int i = 0; i < 49; ++i) hear(sealed("a" + std::to_string(i)));
  pass(6s);
  EXPECT_EQ(agent("a49").presence, Presence::late);
  EXPECT_EQ(agent("a48").presence, Presence::alive);
  pass(54s);
  EXPECT_EQ(agent("a48").verdict, Verdict::sealed);
}

}  // namespace
}  // namespace davylamp::core
