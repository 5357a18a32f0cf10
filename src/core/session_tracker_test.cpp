#include "core/session_tracker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "core/testing_source.hpp"

namespace davylamp::core {
namespace {

using base::Seconds;
using model::EndReason;

const base::Time start = base::from_unix_seconds(1'795'000'020);

class SessionTrackerTest : public testing::Test {
 protected:
  void seen(Seconds at, std::string peer, model::Counters counters, std::uint64_t listing = 0) {
    auto facts = TestingSource::facts("user of " + peer, start);
    tracker.apply(source.say(start + at, model::PeerSeen{std::move(peer), counters, listing, facts}));
  }
  void listed(Seconds at, std::uint64_t listing, std::uint64_t count) {
    tracker.apply(source.say(start + at, model::PeersListed{listing, count}));
  }
  static model::Counters moved(const SessionMoves& moves) {
    model::Counters sum;
    for (const auto& [increment, since] : moves.traffic) sum += increment.bytes;
    return sum;
  }

  TestingSource source;
  SessionTracker tracker;
};

}  // namespace

TEST_F(SessionTrackerTest, CountsWhatMovedSinceTheLastReport) {
  seen(Seconds{0}, "e/1/0", {100, 200});
  seen(Seconds{1}, "e/1/0", {150, 260});
  EXPECT_EQ(moved(tracker.take()), (model::Counters{150, 260}));
  seen(Seconds{2}, "e/1/0", {150, 261});
  EXPECT_EQ(moved(tracker.take()), (model::Counters{0, 1}));
}

TEST_F(SessionTrackerTest, IgnoresOlderAndRepeatedReports) {
  seen(Seconds{0}, "e/1/0", {100, 200});
  auto late = source.say(start + Seconds{1}, model::PeerSeen{"e/1/0", {90, 300}, 0, {}});
  EXPECT_TRUE(tracker.apply(late));
  EXPECT_FALSE(tracker.apply(late)) << "delivered twice";
  EXPECT_EQ(moved(tracker.take()), (model::Counters{100, 300})) << "each direction is raised alone";
  EXPECT_EQ(tracker.stats().repeated, 1U);
  EXPECT_EQ(tracker.stats().shrunk_counters, 1U);
}

TEST_F(SessionTrackerTest, WhatIsReadAgainAfterATakeOverIsNoLoss) {
  seen(Seconds{0}, "e/1/0", {100, 200});
  const auto told_late = source.say(start + Seconds{1}, model::PeerSeen{"e/1/0", {110, 210}, 0, {}});
  tracker.apply(told_late);
  const auto newest =
      source.say(start + Seconds{1} + base::Milliseconds{300}, model::PeerSeen{"e/1/0", {120, 220}, 0, {}});
  tracker.apply(newest);
  auto row = tracker.take().opened.at(0);
  row.session.last_seen_at = base::floor_to(row.session.last_seen_at, Seconds{1});  // as stores keep it
  SessionTracker successor;
  model::Checkpoint stored;
  stored.open_sessions = {row};
  successor.restore(stored);
  successor.apply(told_late);
  successor.apply(newest);
  EXPECT_EQ(successor.stats().shrunk_counters, 0U);
  EXPECT_EQ(moved(successor.take()), model::Counters{});
  successor.apply(source.say(start + Seconds{2}, model::PeerSeen{"e/1/0", {90, 220}, 0, {}}));
  EXPECT_EQ(successor.stats().shrunk_counters, 1U) << "a newer report that says less is a broken source";
}

TEST_F(SessionTrackerTest, OfWhatTheCursorCoversOnlyCountersAreTakenAgain) {
  const auto say = [&](Seconds after, model::Fact fact) { return source.say(start + after, std::move(fact)); };
  std::vector<model::Observation> all;
  all.push_back(say(Seconds{0}, model::PeerSeen{"e/1/0", {1, 1}, 0, TestingSource::facts("anna", start)}));
  all.push_back(say(Seconds{0}, model::PeerSeen{"e/1/1", {1, 1}, 0, TestingSource::facts("bob", start)}));
  all.push_back(say(Seconds{1}, model::PeerGone{"e/1/1", model::Counters{5, 5}, EndReason::left}));
  for (const auto& observation : all) tracker.apply(observation);
  model::Checkpoint stored{.next_session_id = tracker.next_session_id()};
  const auto moves = tracker.take();
  stored.open_sessions = moves.opened;
  std::erase_if(stored.open_sessions, [](const auto& row) { return row.peer != "e/1/0"; });
  stored.recently_closed = moves.closed;
  all.push_back(say(Seconds{2}, model::PeerSeen{"e/1/0", {41, 81}, 0, {}}));
  tracker.apply(all.back());
  stored.cursors = tracker.cursors();  // what moved last waits for its slice

  SessionTracker successor;
  successor.restore(stored);
  for (const auto& observation : all) EXPECT_FALSE(successor.apply(observation));
  const auto again = successor.take();
  EXPECT_TRUE(again.opened.empty()) << "nobody comes twice";
  EXPECT_TRUE(again.closed.empty());
  EXPECT_TRUE(again.corrected.empty());
  EXPECT_EQ(moved(again), (model::Counters{40, 80}));
  EXPECT_EQ(successor.open_count(), 1U);
}

TEST_F(SessionTrackerTest, ClosesOnTheSecondAbsenceNotTheFirst) {
  seen(Seconds{0}, "e/1/0", {1, 1}, 1);
  seen(Seconds{0}, "e/1/1", {1, 1}, 1);
  listed(Seconds{0}, 1, 2);
  seen(Seconds{1}, "e/1/1", {1, 1}, 2);
  listed(Seconds{1}, 2, 1);
  EXPECT_EQ(tracker.open_count(), 2U);
  tracker.take();
  seen(Seconds{2}, "e/1/1", {1, 1}, 3);
  listed(Seconds{2}, 3, 1);
  const auto moves = tracker.take();
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].peer, "e/1/0");
  EXPECT_EQ(moves.closed[0].session.end_reason, EndReason::left);
  EXPECT_EQ(moves.closed[0].session.closed_at, start + Seconds{1}) << "when it was first missed";
  EXPECT_FALSE(moves.closed[0].session.final);
}

TEST_F(SessionTrackerTest, DoesNotCloseByAListingThatLostRows) {
  seen(Seconds{0}, "e/1/0", {1, 1}, 1);
  listed(Seconds{0}, 1, 1);
  for (std::uint64_t listing = 2; listing < 6; ++listing) listed(Seconds{listing}, listing, 1);
  EXPECT_EQ(tracker.open_count(), 1U);
  EXPECT_EQ(tracker.stats().incomplete_listings, 4U);
}

TEST_F(SessionTrackerTest, OpensTheSameSessionAgainWhenItComesBack) {
  seen(Seconds{0}, "e/1/0", {100, 100});
  const auto id = tracker.take().opened.at(0).session.id;
  listed(Seconds{1}, 1, 0);
  listed(Seconds{2}, 2, 0);
  EXPECT_EQ(tracker.take().closed.size(), 1U);
  seen(Seconds{3}, "e/1/0", {130, 100});
  const auto moves = tracker.take();
  ASSERT_EQ(moves.opened.size(), 1U);
  EXPECT_EQ(moves.opened[0].session.id, id);
  EXPECT_EQ(moved(moves), (model::Counters{30, 0})) << "its earlier bytes are counted already";
}

TEST_F(SessionTrackerTest, RaisesAClosedSessionByTheLastWord) {
  seen(Seconds{0}, "e/1/0", {100, 100});
  listed(Seconds{1}, 1, 0);
  listed(Seconds{2}, 2, 0);
  tracker.take();
  tracker.apply(source.say(start + Seconds{3}, model::PeerGone{"e/1/0", model::Counters{110, 120}, EndReason::left}));
  const auto moves = tracker.take();
  EXPECT_EQ(moved(moves), (model::Counters{10, 20}));
  EXPECT_TRUE(moves.closed.empty()) << "it does not end twice";
  ASSERT_EQ(moves.corrected.size(), 1U);
  EXPECT_TRUE(moves.corrected[0].session.final);
}

TEST_F(SessionTrackerTest, ANewEpochEndsTheOldOneAndReusedClientIdsStartAtZero) {
  seen(Seconds{0}, "a/1/0", {1000, 1000});
  tracker.take();
  tracker.apply(source.say(start + Seconds{5}, model::EpochStarted{"b"}));
  seen(Seconds{6}, "b/6/0", {10, 10});
  const auto moves = tracker.take();
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].session.end_reason, EndReason::restart);
  EXPECT_EQ(moved(moves), (model::Counters{10, 10}));
}

TEST_F(SessionTrackerTest, ContinuesACheckpointWithNoByteLostOrDoubled) {
  seen(Seconds{0}, "e/1/0", {100, 200});
  model::Checkpoint checkpoint{
      .next_session_id = tracker.next_session_id(), .open_sessions = tracker.take().opened, .servers = {}};
  SessionTracker again;
  again.restore(checkpoint);
  TestingSource rebooted("udp", 2);
  again.apply(rebooted.say(start + Seconds{60},
                           model::PeerSeen{"e/1/0", {170, 200}, 1, TestingSource::facts("user of e/1/0", start)}));
  const auto moves = again.take();
  EXPECT_EQ(moved(moves), (model::Counters{70, 0}));
  EXPECT_TRUE(moves.opened.empty());
}

TEST_F(SessionTrackerTest, ASessionThatEndedWhileNobodyLookedEndsWhenItWasLastSeen) {
  seen(Seconds{0}, "e/1/0", {100, 200});
  model::Checkpoint checkpoint{
      .next_session_id = tracker.next_session_id(), .open_sessions = tracker.take().opened, .servers = {}};
  SessionTracker again;
  again.restore(checkpoint);
  TestingSource rebooted("udp", 2);
  again.apply(rebooted.say(start + Seconds{500}, model::PeersListed{1, 0}));
  again.apply(rebooted.say(start + Seconds{501}, model::PeersListed{2, 0}));
  const auto moves = again.take();
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].session.end_reason, EndReason::away);
  EXPECT_EQ(moves.closed[0].session.closed_at, start);
}

TEST_F(SessionTrackerTest, MarksSessionsOlderThanItselfAsAdopted) {
  auto facts = TestingSource::facts("old", start - Seconds{3600});
  tracker.apply(source.say(start, model::PeerSeen{"e/0/0", {5000, 0}, 0, facts}));
  seen(Seconds{10}, "e/1/1", {1, 1});
  const auto moves = tracker.take();
  EXPECT_TRUE(moves.opened.at(0).session.adopted);
  EXPECT_FALSE(moves.opened.at(1).session.adopted);
  EXPECT_EQ(moves.traffic.at(0).since, start - Seconds{3600}) << "its bytes may have moved at any time since it opened";
}

TEST_F(SessionTrackerTest, KeepsARoamingSessionAndItsEndpoints) {
  seen(Seconds{0}, "e/1/0", {1, 1});
  tracker.take();
  auto facts = TestingSource::facts("user of e/1/0", start, "9.9.9.9");
  tracker.apply(source.say(start + Seconds{1}, model::PeerSeen{"e/1/0", {2, 2}, 0, facts}));
  const auto moves = tracker.take();
  EXPECT_EQ(moves.roamed.size(), 1U);
  ASSERT_EQ(moves.endpoints.size(), 1U);
  EXPECT_EQ(moves.endpoints[0].endpoint.to_text(), "9.9.9.9:1194");
  ASSERT_EQ(moves.updated.size(), 1U);
  EXPECT_TRUE(moves.facts_changed[0]);
}

TEST_F(SessionTrackerTest, MeasuresAndForgetsTheRate) {
  seen(Seconds{0}, "e/1/0", {0, 0});
  seen(Seconds{1}, "e/1/0", {1000, 2000});
  auto moves = tracker.take();
  EXPECT_EQ(moves.opened.at(0).session.rx_bps, 8000U);
  EXPECT_EQ(moves.opened.at(0).session.tx_bps, 16000U);
  tracker.tick(start + Seconds{7});
  EXPECT_EQ(tracker.take().updated.at(0).session.tx_bps, 0U);
}

TEST_F(SessionTrackerTest, TellsCountersOnceAndNeverBeforeTheSessionItself) {
  seen(Seconds{0}, "e/1/0", {1, 1});
  EXPECT_TRUE(tracker.take_counters().empty()) << "nobody was told of the session yet";
  tracker.take();
  seen(Seconds{1}, "e/1/0", {2, 2});
  const auto told = tracker.take_counters();
  ASSERT_EQ(told.size(), 1U);
  const auto& counters = std::get<model::SessionsMoved>(told[0]).sessions;
  ASSERT_EQ(counters.size(), 1U);
  EXPECT_EQ(counters[0].rx_bytes, 2U);
  EXPECT_TRUE(tracker.take_counters().empty());
  const auto moves = tracker.take();
  ASSERT_EQ(moves.updated.size(), 1U) << "the store still has to hear of it";
  EXPECT_FALSE(moves.facts_changed[0]);
}

TEST_F(SessionTrackerTest, CountsCountersOfUnknownPeersInsteadOfGuessing) {
  tracker.apply(source.say(start, model::PeerSeen{"e/1/0", {1, 1}, 0, {}}));
  EXPECT_EQ(tracker.open_count(), 0U);
  EXPECT_EQ(tracker.stats().unknown_peers, 1U);
}

// Whatever is lost, repeated or reordered on the way, the last report that arrives makes the sum right.
TEST_F(SessionTrackerTest, SumsAreExactWhateverHappensOnTheWay) {
  std::mt19937 random(7);
  std::map<std::string, model::Counters> truth;
  model::Counters counted;
  for (int step = 0; step < 20'000; ++step) {
    const auto peer = "e/1/" + std::to_string(random() % 50);
    auto& counters = truth[peer];
    const auto before = counters;
    counters += {random() % 1000, random() % 5000};
    const auto fate = random() % 10;
    if (fate == 0) continue;                                 // lost
    if (fate == 1) seen(Seconds{step / 100}, peer, before);  // an old one overtakes
    seen(Seconds{step / 100}, peer, counters);
    if (fate == 2) seen(Seconds{step / 100}, peer, before);  // an old one comes late
    if (fate == 3) listed(Seconds{step / 100}, 1'000'000U + static_cast<unsigned>(step), 0);
    if (step % 97 == 0) counted += moved(tracker.take());
  }
  model::Counters sum;
  for (const auto& [peer, counters] : truth) {
    seen(Seconds{300}, peer, counters);
    sum += counters;
  }
  counted += moved(tracker.take());
  EXPECT_EQ(counted, sum);
}

TEST_F(SessionTrackerTest, TakesOnlyChangesWhenAskedTo) {
  seen(Seconds{0}, "e/1/0", {100, 200});
  seen(Seconds{0}, "e/1/1", {100, 200});
  tracker.take();
  seen(Seconds{1}, "e/1/0", {150, 260});
  seen(Seconds{1}, "e/1/2", {1, 1});
  const auto changes = tracker.take(SessionTracker::Scope::changes);
  EXPECT_EQ(changes.opened.size(), 1U);
  EXPECT_TRUE(changes.updated.empty());
  EXPECT_EQ(moved(changes), (model::Counters{1, 1}));
  const auto rest = tracker.take();
  EXPECT_EQ(rest.updated.size(), 1U) << "the one whose counters are not stored yet";
  EXPECT_EQ(moved(rest), (model::Counters{50, 60}));
}

TEST_F(SessionTrackerTest, TakesInSlicesThoseThatWaitedLongest) {
  SessionTracker::Limits limits;
  limits.slice = 2;
  tracker = SessionTracker(limits);
  for (const auto* peer : {"e/1/0", "e/1/1", "e/1/2"}) seen(Seconds{0}, peer, {1, 1});
  tracker.take();
  for (const auto* peer : {"e/1/2", "e/1/0", "e/1/1"}) seen(Seconds{1}, peer, {2, 2});
  const auto peers = [&] {
    std::vector<std::string> all;
    for (const auto& row : tracker.take(SessionTracker::Scope::slice).updated) all.push_back(row.peer);
    return all;
  };
  EXPECT_THAT(peers(), testing::ElementsAre("e/1/2", "e/1/0"));
  seen(Seconds{2}, "e/1/2", {3, 3});
  EXPECT_THAT(peers(), testing::ElementsAre("e/1/1", "e/1/2"));
  EXPECT_THAT(peers(), testing::IsEmpty());
}

TEST_F(SessionTrackerTest, FindsEverySessionInWhateverOrderTheyReport) {
  std::mt19937 random(3);
  std::vector<std::string> peers;
  std::uint64_t total = 0;
  for (int step = 0; step < 400; ++step) {
    peers.push_back("e/1/" + std::to_string(step));
    seen(Seconds{step}, peers.back(), {1, 0});
    total += 1;
    if (step % 3 == 0) std::ranges::shuffle(peers, random);
    for (const auto& peer : peers) seen(Seconds{step}, peer, {static_cast<std::uint64_t>(step) + 2, 0});
    for (int left = 0; left < static_cast<int>(random() % 3); ++left) {
      if (peers.empty()) break;
      const auto gone = peers.begin() + static_cast<std::ptrdiff_t>(random() % peers.size());
      total += static_cast<std::uint64_t>(step) + 1;
      tracker.apply(source.say(start + Seconds{step}, model::PeerGone{*gone, {}, EndReason::left}));
      peers.erase(gone);
    }
  }
  total += peers.size() * 400;
  EXPECT_EQ(tracker.open_count(), peers.size());
  EXPECT_EQ(moved(tracker.take()), (model::Counters{total, 0}));
}

// What is in one commit must fit together: a crash after any of them may lose what was not taken, never tear it.
TEST_F(SessionTrackerTest, EveryTakeHoldsTheRegistersOfItsTraffic) {
  SessionTracker::Limits limits;
  limits.slice = 5;
  tracker = SessionTracker(limits);
  std::mt19937 random(11);
  std::map<model::SessionId, model::Counters> registers;
  std::map<model::SessionId, model::Counters> traffic;
  const auto store = [&](const SessionMoves& moves) {
    for (const auto* rows : {&moves.opened, &moves.updated, &moves.closed, &moves.corrected}) {
      for (const auto& row : *rows) registers[row.session.id] = row.session.counters();
    }
    for (const auto& [increment, since] : moves.traffic) traffic[increment.session_id] += increment.bytes;
    ASSERT_EQ(registers, traffic);
  };
  std::map<std::string, model::Counters> truth;
  for (int step = 0; step < 5'000; ++step) {
    const auto peer = "e/1/" + std::to_string(random() % 40);
    truth[peer] += {1 + (random() % 1000), random() % 5000};
    seen(Seconds{step / 5}, peer, truth[peer]);
    if (random() % 50 == 0)
      tracker.apply(source.say(start + Seconds{step / 5}, model::PeerGone{peer, {}, EndReason::left}));
    if (random() % 20 == 0) store(tracker.take(SessionTracker::Scope::changes));
    if (random() % 15 == 0) store(tracker.take(SessionTracker::Scope::slice));
    if (random() % 90 == 0) store(tracker.take());
    if (random() % 60 == 0) tracker.tick(start + Seconds{step / 5});
    if (random() % 70 == 0) tracker.take_counters();
  }
  store(tracker.take());
  model::Counters sum;
  model::Counters stored;
  for (const auto& [peer, counters] : truth) sum += counters;
  for (const auto& [id, counters] : registers) stored += counters;
  EXPECT_EQ(stored, sum);
}

TEST_F(SessionTrackerTest, KeepsTheRateBetweenReportsThatComeSeldom) {
  for (int i = 0; i < 4; ++i) {
    seen(Seconds{10 * i}, "e/1/0", {static_cast<std::uint64_t>(i) * 10'000, 0});
    tracker.tick(start + Seconds{(10 * i) + 9});
  }
  EXPECT_EQ(tracker.sessions_of("user of e/1/0").at(0)->session.rx_bps, 8'000U);
  tracker.tick(start + Seconds{60});
  EXPECT_EQ(tracker.sessions_of("user of e/1/0").at(0)->session.rx_bps, 0U);
}

}  // namespace davylamp::core
