#include "core/alerts/alert_engine.hpp"

#include <gtest/gtest.h>

#include "core/alerts/testing_scene.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;
using model::FindingKind;
using model::IncidentState;
using model::Presence;
using model::ServerState;

TEST(AlertEngine, TellsAtOnceThatAnAgentIsSilentAndHowLongItWas) {
  AlertScene scene;
  scene.agent("a", Presence::alive);
  scene.wait(70);
  scene.agent("a", Presence::down);
  EXPECT_TRUE(scene.told.empty());
  scene.take();
  EXPECT_EQ(scene.told, (Told{"70 fired agent_down a"}));
  EXPECT_EQ(scene.deliveries.at(0).next_at, scene.now());
  scene.wait(100);
  scene.agent("a", Presence::alive);
  scene.wait(5);
  EXPECT_EQ(scene.told, (Told{"70 fired agent_down a", "171 resolved agent_down a"}));
  const auto& over = scene.deliveries.at(1).incident;
  EXPECT_EQ(over.values.at("seconds"), "111");  // since its deadline
  EXPECT_TRUE(over.text.ends_with("Over after 1 m.")) << over.text;
  EXPECT_EQ(over.marks.at(0).what, "seen");
  EXPECT_EQ(over.marks.at(1).what, "fired");
  EXPECT_EQ(over.marks.at(2).what, "told");
}

TEST(AlertEngine, SaysALeakOnceHoweverOftenItIsReported) {
  AlertScene scene;
  const auto leak = scene.finding(FindingKind::dns_leak, "Resolver 198.51.100.7 is outside.");
  for (int i = 0; i < 5; ++i) {
    scene.agent("a", Presence::alive, {leak});
    scene.wait(60);
  }
  scene.agent("a", Presence::alive);
  scene.wait(60);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_dns_leak a", "331 resolved agent_dns_leak a"}));
  EXPECT_EQ(scene.deliveries.at(0).incident.text, "Resolver 198.51.100.7 is outside.");
}

TEST(AlertEngine, TellsAFailureThatWasOverBeforeAnybodyLooked) {
  AlertScene scene;
  scene.agent_passed("a", Presence::alive, {scene.finding(FindingKind::failed, "The backup failed.")});
  scene.agent("a", Presence::alive);
  scene.wait(60);
  EXPECT_EQ(scene.told, (Told{"0 fired agent_failed a", "1 resolved agent_failed a"}));
}

TEST(AlertEngine, FindsALeakThatBeginsLater) {
  AlertScene scene;
  scene.agent("a", Presence::alive, {scene.finding(FindingKind::bypass)});
  scene.wait(60);
  scene.agent("a", Presence::alive);
  scene.wait(60);
  scene.agent("a", Presence::alive, {scene.finding(FindingKind::ipv6_leak)});
  scene.wait(1);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_bypass a", "91 resolved agent_bypass a", "121 fired agent_ipv6_leak a"}));
}

TEST(AlertEngine, ABypassExplainsWhatFollowsFromIt) {
  AlertScene scene;
  scene.agent("a", Presence::alive,
              {scene.finding(FindingKind::bypass), scene.finding(FindingKind::exit_changed),
               scene.finding(FindingKind::unexpected_exit), scene.finding(FindingKind::dns_leak)});
  scene.wait(60);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_bypass a"}));
  const auto* bypass = scene.last_of(ConditionKind::agent_bypass);
  EXPECT_EQ(bypass->folded, 3U);
  EXPECT_EQ(scene.last_of(ConditionKind::agent_dns_leak)->folded_into, bypass->id);
  // What stays when its cause is over is told for itself.
  scene.agent("a", Presence::alive, {scene.finding(FindingKind::dns_leak)});
  scene.wait(60);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_bypass a", "91 fired agent_dns_leak a", "91 resolved agent_bypass a"}));
}

TEST(AlertEngine, AnOccasionIsToldOnceAndHasNoEnd) {
  AlertScene scene;
  const auto changed = scene.finding(FindingKind::exit_changed);
  for (int i = 0; i < 3; ++i) {
    scene.agent("a", Presence::alive, {changed});
    scene.wait(60);
  }
  EXPECT_EQ(scene.told, (Told{"1 fired agent_exit_changed a"}));
  EXPECT_EQ(scene.last_of(ConditionKind::agent_exit_changed)->state, IncidentState::resolved);
  scene.restart();
  scene.agent("a", Presence::alive, {changed});
  scene.wait(60);
  EXPECT_EQ(scene.told.size(), 1U);
}

TEST(AlertEngine, APendingIncidentThatPassesLeavesNothing) {
  AlertScene scene;
  scene.server("udp", ServerState::down);
  scene.wait(14);
  EXPECT_EQ(scene.passing.at(1).state, IncidentState::pending);
  scene.server("udp", ServerState::up);
  scene.wait(60);
  EXPECT_TRUE(scene.told.empty());
  EXPECT_TRUE(scene.stored.empty());
  EXPECT_EQ(scene.passing.at(1).state, IncidentState::resolved);
  EXPECT_FALSE(scene.passing.at(1).fired_at);
}

TEST(AlertEngine, FiresAfterItsHoldAndGoesOnWithinItsClearTime) {
  AlertScene scene;
  scene.server("udp", ServerState::down);
  scene.wait(20);
  scene.server("udp", ServerState::up);
  scene.wait(10);
  scene.server("udp", ServerState::down);
  scene.wait(10);
  scene.server("udp", ServerState::up);
  scene.wait(20);
  EXPECT_EQ(scene.told, (Told{"15 fired server_down udp", "56 resolved server_down udp"}));
  EXPECT_EQ(scene.last_of(ConditionKind::server_down)->flaps, 1U);
}

TEST(AlertEngine, NeedsThreeOfFiveLooks) {
  AlertScene scene;
  const auto slow = scene.finding(FindingKind::degraded);
  const auto look = [&](bool bad) {
    scene.agent("a", Presence::alive, bad ? std::vector{slow} : std::vector<model::Finding>{});
    scene.hear(model::AgentChanged{scene.agents.at("a")});  // said twice is looked at once
    scene.wait(60);
  };
  for (const bool bad : {true, false, true, false, false, true}) look(bad);
  EXPECT_TRUE(scene.told.empty());
  for (const bool bad : {true, true, false, false}) look(bad);
  EXPECT_EQ(scene.told, (Told{"361 fired agent_degraded a"}));
  look(false);
  EXPECT_EQ(scene.told, (Told{"361 fired agent_degraded a", "631 resolved agent_degraded a"}));
}

TEST(AlertEngine, OneThatFlapsIsSaidOnceUntilItIsCalm) {
  AlertScene scene;
  for (int i = 0; i < 10; ++i) {
    scene.agent("a", Presence::down);
    scene.wait(60);
    scene.agent("a", Presence::alive);
    scene.wait(60);
  }
  // Three times it came and went; from the third return on it is one.
  EXPECT_EQ(scene.told.size(), 7U);
  EXPECT_EQ(scene.told.back(), "361 fired agent_down a");
  scene.wait(700);
  EXPECT_EQ(scene.told.size(), 7U);
  scene.wait(200);
  EXPECT_EQ(scene.told.size(), 8U);
  EXPECT_EQ(scene.last_of(ConditionKind::agent_down)->flaps, 9U);
  const auto& marks = scene.last_of(ConditionKind::agent_down)->marks;
  EXPECT_EQ(std::ranges::count(marks, "flapping", &model::IncidentMark::what), 1);
}

TEST(AlertEngine, TheMostSpecificEnabledRuleSpeaks) {
  AlertScene scene;
  const auto add = [&](std::string subject, std::uint32_t hold, bool enabled) {
    model::AlertRule rule;
    rule.id = 100 + scene.alerting.rules.size();
    rule.condition = ConditionKind::agent_down;
    rule.subject = std::move(subject);
    rule.hold_seconds = hold;
    rule.enabled = enabled;
    scene.alerting.rules.push_back(rule);
  };
  add("x*", 10, true);
  add("x9", 20, true);
  add("x8", 30, false);
  scene.set_alerting();
  scene.wait(1);
  for (const auto* name : {"x8", "x9", "y"}) scene.agents[name].due_at = scene.now();
  for (const auto* name : {"x8", "x9"}) scene.agent(name, Presence::down);
  scene.wait(25);
  EXPECT_EQ(scene.told, (Told{"11 fired agent_down x8", "21 fired agent_down x9"}));
}

TEST(AlertEngine, ARuleThatIsGoneEndsItsIncidents) {
  AlertScene scene;
  scene.agent("a", Presence::down);
  scene.wait(1);
  scene.rule(ConditionKind::agent_down).enabled = false;
  scene.set_alerting();
  scene.wait(1);
  EXPECT_EQ(scene.told, (Told{"1 fired agent_down a", "2 resolved agent_down a"}));
  // It holds still: when somebody asks again, it fires again.
  scene.rule(ConditionKind::agent_down).enabled = true;
  scene.set_alerting();
  scene.wait(1);
  EXPECT_EQ(scene.told.back(), "3 fired agent_down a");
}

TEST(AlertEngine, ACertificateThatHasThreeDaysLeftIsSaidAgainAndGraver) {
  AlertScene scene;
  model::Server server;
  server.name = "udp";
  server.state = ServerState::up;
  server.expiries = {{"certificate", "CN=udp", scene.now() + std::chrono::days{5}}};
  scene.hear(model::ServerChanged{server});
  scene.wait(1);
  EXPECT_EQ(scene.deliveries.at(0).incident.severity, model::Severity::warning);
  scene.wait_minutes(3 * 24 * 60);
  ASSERT_EQ(scene.told.size(), 2U);
  EXPECT_TRUE(scene.told.back().ends_with("again certificate_expires udp"));
  EXPECT_EQ(scene.deliveries.at(1).incident.severity, model::Severity::critical);
}

TEST(AlertEngine, AReachedLimitExplainsThatItWasNear) {
  AlertScene scene;
  model::Quota quota;
  quota.limit_id = 3;
  quota.user = "anna";
  quota.allowed_bytes = 100;
  quota.used_bytes = 55;
  quota.state = model::QuotaState::near;
  scene.hear(model::QuotaChanged{quota});
  scene.wait(1);
  EXPECT_TRUE(scene.told.empty());
  quota.used_bytes = 85;
  scene.hear(model::QuotaChanged{quota});
  scene.wait(1);
  quota.used_bytes = 100;
  quota.state = model::QuotaState::reached;
  scene.hear(model::QuotaChanged{quota});
  scene.wait(1);
  scene.hear(model::QuotaGone{3, "anna"});
  scene.wait(1);
  EXPECT_EQ(scene.told,
            (Told{"2 fired quota_near anna", "3 fired quota_reached anna", "4 resolved quota_reached anna"}));
}

TEST(AlertEngine, AJobThatFailsTwiceIsOneIncident) {
  AlertScene scene;
  model::HouseJob job;
  job.name = "backup";
  for (const bool ok : {false, false, true}) {
    job.began_at = scene.now();
    job.ended_at.reset();
    scene.hear(model::JobChanged{job});
    job.ended_at = scene.now();
    job.ok = ok;
    scene.hear(model::JobChanged{job});
    scene.wait(10);
  }
  EXPECT_EQ(scene.told, (Told{"1 fired job_failed backup", "21 resolved job_failed backup"}));
}

TEST(AlertEngine, AnEarlyWarningHoldsUntilItsSeriesIsUsualAgain) {
  AlertScene scene;
  model::Warning warning{"latency", "a", true, scene.now(), {}, "Twice what is usual.", {}};
  scene.hear(model::WarningTold{warning});
  scene.wait(60);
  warning.ended_at = scene.now();
  scene.hear(model::WarningTold{warning});
  scene.wait(60);
  EXPECT_EQ(scene.told, (Told{"1 fired warning a", "91 resolved warning a"}));
  EXPECT_EQ(scene.deliveries.at(0).incident.key, "warning/latency/a");
}

TEST(AlertEngine, WhatHoldsWithoutABoundIsCounted) {
  AlertScene scene;
  for (std::size_t i = 0; i < AlertEngine::most_conditions + 5; ++i) {
    Sign sign;
    sign.topic = {ConditionKind::attempts_many, std::to_string(i), {}};
    sign.holds = true;
    scene.engine().hear(sign, scene.now());
  }
  EXPECT_EQ(scene.engine().losses().conditions, 5U);
}

TEST(AlertEngine, ATimelineStaysWithinItsBoundAndKeepsWhatMatters) {
  model::Incident incident;
  mark(incident, {}, "seen", {});
  mark(incident, {}, "told", "fired on telegram");
  for (int i = 0; i < 500; ++i) mark(incident, {}, "told", "again on telegram");
  mark(incident, {}, "resolved", {});
  EXPECT_EQ(incident.marks.size(), model::Incident::most_marks);
  EXPECT_EQ(incident.marks.at(1).text, "fired on telegram");
  EXPECT_EQ(incident.marks.back().what, "resolved");
}

}  // namespace
}  // namespace davylamp::core
