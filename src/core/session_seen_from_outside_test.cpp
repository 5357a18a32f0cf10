// Sessions of watched services: many counters at once, and what witnesses say.
#include <gtest/gtest.h>

#include "core/server_board.hpp"
#include "core/session_tracker.hpp"
#include "core/testing_source.hpp"

namespace davylamp::core {
namespace {

using base::Seconds;

const base::Time start = base::from_unix_seconds(1'795'000'020);

class SeenFromOutsideTest : public testing::Test {
 protected:
  void seen(const std::string& peer, model::Counters counters) {
    tracker.apply(source.say(start, model::PeerSeen{peer, counters, 0, TestingSource::facts(peer, start)}));
  }
  void moved(Seconds at, std::vector<model::MovedPeer> peers) {
    tracker.apply(source.say(start + at, model::PeersMoved{std::move(peers)}));
  }
  model::Counters counted() {
    model::Counters sum;
    for (const auto& [increment, since] : tracker.take().traffic) sum += increment.bytes;
    return sum;
  }
  const model::Session& session(std::string_view user) { return tracker.sessions_of(user).at(0)->session; }

  TestingSource source;
  SessionTracker tracker;
};

}  // namespace

TEST_F(SeenFromOutsideTest, ManyCountersInOneReportCountOnce) {
  seen("e/1", {10, 20});
  seen("e/2", {1, 2});
  moved(Seconds{1}, {{"e/1", {15, 30}}, {"e/2", {1, 5}}});
  moved(Seconds{2}, {{"e/1", {15, 30}}, {"e/2", {0, 4}}});
  EXPECT_EQ(counted(), (model::Counters{16, 35}));
  EXPECT_EQ(tracker.stats().shrunk_counters, 1U);
}

TEST_F(SeenFromOutsideTest, CountersOfAPeerWithoutFactsWaitForThem) {
  moved(Seconds{1}, {{"e/1", {15, 30}}});
  EXPECT_EQ(tracker.open_count(), 0U);
  EXPECT_EQ(tracker.stats().unknown_peers, 1U);
  seen("e/1", {16, 30});
  EXPECT_EQ(counted(), (model::Counters{16, 30}));
}

TEST_F(SeenFromOutsideTest, OneThatRestedEndsWhenItWasLastSeenAndMayNotComeBackAfterItsLastWord) {
  seen("e/1", {10, 20});
  moved(Seconds{5}, {{"e/1", {15, 30}}});
  tracker.apply(
      source.say(start + Seconds{5}, model::PeerGone{"e/1", model::Counters{15, 30}, model::EndReason::timeout}));
  moved(Seconds{200}, {{"e/1", {15, 31}}});
  const auto moves = tracker.take();
  EXPECT_EQ(tracker.open_count(), 0U);
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].session.closed_at, start + Seconds{5});
  EXPECT_EQ(moves.closed[0].session.end_reason, model::EndReason::timeout);
}

TEST_F(SeenFromOutsideTest, WhatIsJudgedReplacesOnlyWhatIsSaid) {
  seen("e/1", {10, 20});
  model::JudgedPeer judged{"e/1", model::Evidence{{{"ebpf", 10, 20, true}}, 2, 0}, {}, 3};
  tracker.apply(source.say(start, model::PeersJudged{{judged}}));
  model::Quality quality;
  quality.rtt_milliseconds = 12;
  tracker.apply(source.say(start, model::PeersJudged{{{"e/1", {}, quality, {}}, {"e/9", {}, quality, {}}}}));
  const auto& told = session("e/1");
  ASSERT_TRUE(told.evidence);
  EXPECT_EQ(told.evidence->asked, 2U);
  EXPECT_EQ(told.quality, quality);
  EXPECT_EQ(told.flows, 3U);
  EXPECT_EQ(tracker.open_count(), 1U) << "nobody is made of words about him";
}

TEST(ServerBoardTest, WitnessesFromOutsideStandOnTheCardWhateverItsOwnSourceSays) {
  TestingSource source;
  ServerBoard board;
  const auto say = [&](auto fact) { board.apply(source.say(start, fact), fact); };
  say(model::WitnessesTold{{{"conntrack", model::WitnessState::looking, "all", false, 4}}, {}});
  EXPECT_EQ(board.find("udp"), nullptr) << "it has no card yet";
  model::SourceHealth health;
  health.server.state = model::ServerState::up;
  health.server.witnesses = {{"wireguard", model::WitnessState::looking, "itself", true, 1}};
  say(health);
  ASSERT_EQ(board.find("udp")->witnesses.size(), 2U);
  EXPECT_EQ(board.find("udp")->witnesses[1].kind, "conntrack");
  say(model::WitnessesTold{{}, {}});
  EXPECT_EQ(board.find("udp")->witnesses.size(), 1U);
  EXPECT_EQ(board.find("udp")->state, model::ServerState::up);
}

}  // namespace davylamp::core
