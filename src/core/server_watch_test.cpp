#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/pipeline.hpp"

namespace davylamp::core {
namespace {

using testing::IsEmpty;

const model::SourceId udp{"node", "openvpn", "udp"};
constexpr base::Time start{base::Seconds{1'000'000}};

model::Observation observed(std::uint64_t sequence, model::Fact fact, std::uint64_t boot = 7) {
  return {udp, boot, sequence, start + base::Seconds{static_cast<std::int64_t>(sequence)}, std::move(fact)};
}

model::Observation up(std::uint64_t sequence) {
  model::SourceHealth health;
  health.server.state = model::ServerState::up;
  health.server.health = "answers";
  return observed(sequence, std::move(health));
}

TEST(ServerWatch, WhatNobodyLooksAtIsStaleUntilSomebodyDoes) {
  Pipeline pipeline;
  pipeline.apply(up(1));
  pipeline.take();
  pipeline.set_unwatched({udp}, "no collector is connected", start + base::Seconds{60});
  EXPECT_EQ(pipeline.servers().find("udp")->state, model::ServerState::stale);
  EXPECT_EQ(pipeline.servers().find("udp")->health, "no collector is connected");
  EXPECT_EQ(pipeline.servers().find("udp")->since_at, start + base::Seconds{60});
  EXPECT_EQ(pipeline.take().events.size(), 1U);
  pipeline.set_unwatched({udp}, "no collector is connected", start + base::Seconds{61});
  EXPECT_THAT(pipeline.take().servers, IsEmpty());
  pipeline.set_unwatched({}, "", start + base::Seconds{70});
  EXPECT_EQ(pipeline.servers().find("udp")->state, model::ServerState::up);
  EXPECT_EQ(pipeline.servers().find("udp")->health, "answers");
  EXPECT_EQ(pipeline.take().events.size(), 1U);
}

TEST(ServerWatch, WhatTheCollectorSaysAfterItsReturnStands) {
  Pipeline pipeline;
  pipeline.set_unwatched({udp}, "no collector is connected", start);
  EXPECT_EQ(pipeline.servers().find("udp")->source, "openvpn");
  pipeline.apply(up(1));
  pipeline.set_unwatched({}, "", start + base::Seconds{5});
  EXPECT_EQ(pipeline.servers().find("udp")->state, model::ServerState::up);
}

TEST(ServerWatch, ARefusedLoginThatWasStoredIsNotToldAgainAfterARestart) {
  const auto refused = observed(3, model::LoginRefused{"eve", {}, {}, "blocked"});
  Pipeline before;
  before.apply(refused);
  const auto batch = before.take();
  ASSERT_EQ(batch.events.size(), 1U);
  model::Checkpoint checkpoint;
  checkpoint.cursors = batch.cursors;
  Pipeline after;
  after.restore(checkpoint, {});
  after.apply(refused);
  EXPECT_THAT(after.take().events, IsEmpty());
  after.apply(observed(4, model::LoginRefused{"mallory", {}, {}, "blocked"}));
  EXPECT_EQ(after.take().events.size(), 1U);
}

TEST(ServerWatch, CountersThatAreNotStoredYetAreNotSettled) {
  SessionTracker tracker;
  model::PeerSeen seen{"1/a", {1, 1}, 0, model::PeerFacts{}};
  tracker.apply(observed(1, seen));
  tracker.take(SessionTracker::Scope::changes);
  EXPECT_EQ(tracker.counters_taken(), tracker.counters_marked());
  tracker.apply(observed(2, model::PeersMoved{{{"1/a", {5, 5}}}}));
  tracker.take(SessionTracker::Scope::changes);
  EXPECT_LT(tracker.counters_taken(), tracker.counters_marked());
  tracker.take(SessionTracker::Scope::slice);
  EXPECT_EQ(tracker.counters_taken(), tracker.counters_marked());
}

TEST(ServerWatch, ALastWordThatWaitsIsNotSettled) {
  SessionTracker tracker;
  tracker.apply(observed(1, model::EpochStarted{"1"}));
  model::PeerFinal last;
  last.facts.user = "alice";
  tracker.apply(observed(2, last));
  tracker.apply(observed(3, model::EpochStarted{"1"}));
  ASSERT_EQ(tracker.settled_cursors().size(), 1U);
  EXPECT_EQ(tracker.settled_cursors()[0].sequence, 1U);
  EXPECT_EQ(tracker.cursors()[0].sequence, 3U);
}

}  // namespace
}  // namespace davylamp::core
