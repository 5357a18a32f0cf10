#include "core/pipeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/testing_source.hpp"

namespace davylamp::core {
namespace {

using base::Seconds;
const base::Time start = base::from_unix_seconds(1'795'000'020);

model::SourceHealth up(std::string health = "12 clients") {
  model::ServerFacts facts;
  facts.state = model::ServerState::up;
  facts.health = std::move(health);
  return {facts};
}

std::vector<std::string> texts(const Effects& effects) {
  std::vector<std::string> all;
  for (const auto& event : effects.events) all.push_back(event.text);
  return all;
}

}  // namespace

TEST(PipelineTest, TellsAConnectAndALeaveAsEventsAndChanges) {
  TestingSource source;
  Pipeline pipeline;
  pipeline.apply(source.say(start, up()));
  pipeline.apply(source.say(start + Seconds{1},
                            model::PeerSeen{"e/1/0", {0, 0}, 0, TestingSource::facts("alice", start + Seconds{1})}));
  EXPECT_TRUE(pipeline.urgent());
  EXPECT_THAT(texts(pipeline.take()), testing::ElementsAre("udp is up: 12 clients", "alice connected to udp"));
  EXPECT_FALSE(pipeline.urgent());
  pipeline.apply(source.say(start + Seconds{7627},
                            model::PeerGone{"e/1/0", model::Counters{1'840'000'000, 0}, model::EndReason::left}));
  const auto effects = pipeline.take();
  EXPECT_THAT(texts(effects), testing::ElementsAre("alice left udp after 2 h 07 m, 1.84 GB"));
  EXPECT_EQ(effects.servers.at(0).rx_bytes, 1'840'000'000U);
}

TEST(PipelineTest, TellsCountersAgainOnceTheyAreStoredForViewsThatWereMadeInBetween) {
  TestingSource source;
  Pipeline pipeline;
  pipeline.apply(source.say(start, model::PeerSeen{"e/1/0", {1, 1}, 0, TestingSource::facts("alice", start)}));
  pipeline.take();
  pipeline.apply(source.say(start + Seconds{1}, model::PeerSeen{"e/1/0", {41, 81}, 0, {}}));
  ASSERT_EQ(pipeline.take_counters().size(), 1U);
  const auto effects = pipeline.take();
  const model::SessionsMoved* told = nullptr;
  for (const auto& change : effects.changes) {
    if (const auto* moved = std::get_if<model::SessionsMoved>(&change)) told = moved;
  }
  ASSERT_TRUE(told != nullptr);
  ASSERT_EQ(told->sessions.size(), 1U);
  EXPECT_EQ(told->sessions[0].rx_bytes, 41U);
  EXPECT_EQ(told->sessions[0].tx_bytes, 81U);
}

TEST(PipelineTest, SaysOfASessionThatEndedUnseenThatNobodyLooked) {
  TestingSource source;
  Pipeline before;
  before.apply(source.say(start, model::PeerSeen{"e/1/0", {1, 1}, 0, TestingSource::facts("alice", start)}));
  model::Checkpoint checkpoint{.next_session_id = 2, .open_sessions = {before.take().sessions.at(0)}, .servers = {}};
  Pipeline after;
  after.restore(checkpoint, {});
  TestingSource rebooted("udp", 2);
  after.apply(rebooted.say(start + Seconds{90}, model::PeersListed{1, 0}));
  after.apply(rebooted.say(start + Seconds{91}, model::PeersListed{2, 0}));
  EXPECT_THAT(texts(after.take()),
              testing::ElementsAre("alice left udp while Davylamp was not running, after 0 s, 2 B"));
}

TEST(PipelineTest, SaysNothingOfAdoptedSessionsInTheFeed) {
  TestingSource source;
  Pipeline pipeline;
  pipeline.apply(
      source.say(start, model::PeerSeen{"e/0/0", {9, 9}, 0, TestingSource::facts("old", start - Seconds{99})}));
  const auto effects = pipeline.take();
  EXPECT_TRUE(effects.events.empty());
  EXPECT_EQ(effects.changes.size(), 2U);  // the session and its server's bytes
}

TEST(PipelineTest, WritesTheSameBytesToSessionsServersAndMinutes) {
  TestingSource source;
  Pipeline pipeline;
  model::Counters minutes;
  model::Counters sessions;
  model::Counters servers;
  for (std::uint64_t i = 1; i <= 600; ++i) {
    pipeline.apply(
        source.say(start + Seconds{i}, model::PeerSeen{"e/1/0", {i * 10, i * 7}, 0, TestingSource::facts("a", start)}));
    if (i % 7 != 0 && i != 600) continue;
    const auto effects = pipeline.take();
    for (const auto& load : effects.loads) minutes += load.bytes;
    for (const auto& increment : effects.traffic) sessions += increment.bytes;
    for (const auto& server : effects.servers) servers = {server.rx_bytes, server.tx_bytes};
  }
  EXPECT_EQ(minutes, (model::Counters{6000, 4200}));
  EXPECT_EQ(sessions, minutes);
  EXPECT_EQ(servers, minutes);
}

TEST(PipelineTest, SamplesTheLoadOnlyOfServersThatAnswer) {
  TestingSource source;
  Pipeline pipeline;
  pipeline.apply(source.say(start, up()));
  pipeline.tick(start);
  EXPECT_EQ(pipeline.take().loads.size(), 1U);
  model::ServerFacts down;
  down.state = model::ServerState::down;
  pipeline.apply(source.say(start + Seconds{60}, model::SourceHealth{down}));
  pipeline.tick(start + Seconds{61});
  EXPECT_TRUE(pipeline.take().loads.empty());
}

TEST(PipelineTest, WritesEveryOpenSessionAgainOnceAMinute) {
  TestingSource source;
  Pipeline pipeline;
  pipeline.apply(source.say(start, model::PeerSeen{"e/1/0", {1, 1}, 0, TestingSource::facts("a", start)}));
  pipeline.tick(start);
  pipeline.take();
  pipeline.tick(start + Seconds{59});
  EXPECT_TRUE(pipeline.take().sessions.empty());
  pipeline.tick(start + Seconds{60});
  EXPECT_EQ(pipeline.take().sessions.size(), 1U);
}

}  // namespace davylamp::core
