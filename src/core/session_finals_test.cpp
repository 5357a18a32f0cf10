#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "core/session_tracker.hpp"
#include "core/testing_source.hpp"

namespace davylamp::core {
namespace {

using base::Seconds;
using model::EndReason;

const base::Time start = base::from_unix_seconds(1'795'000'020);

class SessionFinalsTest : public testing::Test {
 protected:
  static model::PeerFacts facts(const std::string& user, Seconds connected = Seconds{0}) {
    auto all = TestingSource::facts(user, start + connected);
    all.virtual_address = *model::Address::parse("10.8.0.2");
    return all;
  }
  void seen(Seconds at, const std::string& peer, const std::string& user, model::Counters counters,
            std::uint64_t listing = 0) {
    tracker.apply(source.say(start + at, model::PeerSeen{peer, counters, listing, facts(user)}));
  }
  void listed(Seconds at, std::uint64_t listing, std::uint64_t count) {
    tracker.apply(source.say(start + at, model::PeersListed{listing, count}));
  }
  void final(Seconds at, const std::string& user, model::Counters counters) {
    auto known = facts(user);
    known.real.reset();
    tracker.apply(source.say(start + at, model::PeerFinal{known, counters, start + at}));
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

TEST_F(SessionFinalsTest, ALastWordClosesTheSessionWithItsCounters) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200});
  final(Seconds{9}, "anna", {150, 900});
  const auto moves = tracker.take();
  EXPECT_EQ(moved(moves), (model::Counters{150, 900}));
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_TRUE(moves.closed[0].session.final);
  EXPECT_EQ(moves.closed[0].session.end_reason, EndReason::left);
  EXPECT_EQ(moves.closed[0].session.closed_at, start + Seconds{9});
  EXPECT_EQ(tracker.open_count(), 0U);
}

TEST_F(SessionFinalsTest, AListingMadeBeforeTheLastWordDoesNotOpenItAgain) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200}, 1);
  final(Seconds{2}, "anna", {150, 900});
  seen(Seconds{2}, "e/1/0", "anna", {140, 800}, 2);
  EXPECT_EQ(tracker.open_count(), 0U);
  EXPECT_EQ(moved(tracker.take()), (model::Counters{150, 900}));
}

TEST_F(SessionFinalsTest, ALastWordThatComesLateRaisesTheClosedSession) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200}, 1);
  listed(Seconds{2}, 2, 0);
  listed(Seconds{3}, 3, 0);
  tracker.take();
  final(Seconds{60}, "anna", {150, 900});
  const auto moves = tracker.take();
  EXPECT_EQ(moved(moves), (model::Counters{50, 700}));
  ASSERT_EQ(moves.corrected.size(), 1U);
  EXPECT_TRUE(moves.corrected[0].session.final);
  final(Seconds{61}, "anna", {150, 900});
  EXPECT_TRUE(moved(tracker.take()).is_zero()) << "repeated";
}

TEST_F(SessionFinalsTest, ASessionThatNoListingHadIsMadeOfItsLastWord) {
  final(Seconds{5}, "brief", {10, 20});
  EXPECT_EQ(tracker.take().opened.size(), 0U) << "its listing may be on the way";
  tracker.tick(start + Seconds{9});
  const auto moves = tracker.take();
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].session.user, "brief");
  EXPECT_EQ(moves.closed[0].session.opened_at, start);
  EXPECT_EQ(moved(moves), (model::Counters{10, 20}));
  EXPECT_EQ(tracker.stats().unmatched_finals, 1U);
  final(Seconds{10}, "brief", {10, 20});
  tracker.tick(start + Seconds{20});
  EXPECT_TRUE(moved(tracker.take()).is_zero()) << "repeated by the spool";
  seen(Seconds{21}, "e/1/7", "brief", {10, 20});
  EXPECT_EQ(tracker.open_count(), 0U) << "a listing that was stuck does not count it twice";
}

TEST_F(SessionFinalsTest, AListingThatComesRightAfterTheLastWordIsTheSameSession) {
  final(Seconds{5}, "anna", {10, 20});
  seen(Seconds{5}, "e/1/0", "anna", {9, 18});
  tracker.tick(start + Seconds{9});
  const auto moves = tracker.take();
  EXPECT_EQ(moved(moves), (model::Counters{10, 20}));
  EXPECT_EQ(moves.opened.size(), 1U);
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].peer, "e/1/0");
}

TEST_F(SessionFinalsTest, RemembersLastWordsOverARestart) {
  final(Seconds{5}, "anna", {10, 20});
  tracker.tick(start + Seconds{9});
  model::Checkpoint checkpoint;
  checkpoint.next_session_id = tracker.next_session_id();
  checkpoint.recently_closed = tracker.take().closed;
  SessionTracker again;
  again.restore(checkpoint);
  auto known = facts("anna");
  again.apply(source.say(start + Seconds{30}, model::PeerFinal{known, {10, 20}, start + Seconds{5}}));
  again.tick(start + Seconds{60});
  EXPECT_TRUE(moved(again.take()).is_zero());
  EXPECT_EQ(again.next_session_id(), checkpoint.next_session_id);
}

TEST_F(SessionFinalsTest, ALastWordWhileDavylampWasAwayEndsTheRestoredSession) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200});
  model::Checkpoint checkpoint;
  checkpoint.next_session_id = tracker.next_session_id();
  checkpoint.open_sessions = tracker.take().opened;
  SessionTracker again;
  again.restore(checkpoint);
  again.apply(source.say(start + Seconds{600}, model::PeerFinal{facts("anna"), {150, 900}, start + Seconds{50}}));
  const auto moves = again.take();
  EXPECT_EQ(moved(moves), (model::Counters{50, 700}));
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].session.end_reason, EndReason::away);
  EXPECT_EQ(moves.closed[0].session.closed_at, start + Seconds{50});
}

TEST_F(SessionFinalsTest, HooksThatRunBeforeARestartIsAnnouncedAreBlamedOnIt) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200});
  final(Seconds{5}, "anna", {150, 900});
  tracker.apply(source.say(start + Seconds{7}, model::EpochStarted{"f"}));
  const auto moves = tracker.take();
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].session.end_reason, EndReason::restart);
}

TEST_F(SessionFinalsTest, AnOrderedEndSaysWhy) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200}, 1);
  tracker.apply(source.say(start + Seconds{2}, model::PeerEnding{"e/1/0", EndReason::quota}));
  listed(Seconds{3}, 2, 0);
  listed(Seconds{4}, 3, 0);
  const auto moves = tracker.take();
  ASSERT_EQ(moves.closed.size(), 1U);
  EXPECT_EQ(moves.closed[0].session.end_reason, EndReason::quota);
}

TEST_F(SessionFinalsTest, TellsWhatJustMovedAndOpened) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200});
  ASSERT_EQ(tracker.moved_now().size(), 1U);
  EXPECT_EQ(tracker.moved_now()[0].bytes, (model::Counters{100, 200}));
  ASSERT_EQ(tracker.opened_now().size(), 1U);
  EXPECT_EQ(tracker.opened_now()[0]->session.user, "anna");
  seen(Seconds{2}, "e/1/0", "anna", {100, 201});
  ASSERT_EQ(tracker.moved_now().size(), 1U);
  EXPECT_EQ(tracker.moved_now()[0].bytes, (model::Counters{0, 1}));
  EXPECT_TRUE(tracker.opened_now().empty());
  listed(Seconds{3}, 1, 0);
  EXPECT_TRUE(tracker.moved_now().empty());
}

TEST_F(SessionFinalsTest, KnowsTheOpenSessionsOfAUser) {
  seen(Seconds{1}, "e/1/0", "anna", {1, 1});
  seen(Seconds{1}, "e/1/1", "anna", {1, 1});
  seen(Seconds{1}, "e/1/2", "ben", {1, 1});
  EXPECT_EQ(tracker.sessions_of("anna").size(), 2U);
  tracker.apply(source.say(start + Seconds{2}, model::PeerGone{"e/1/0", {}, EndReason::left}));
  ASSERT_EQ(tracker.sessions_of("anna").size(), 1U);
  EXPECT_EQ(tracker.sessions_of("anna")[0]->peer, "e/1/1");
  EXPECT_EQ(tracker.session(tracker.sessions_of("anna")[0]->session.id)->peer, "e/1/1");
  EXPECT_TRUE(tracker.sessions_of("nobody").empty());
}

TEST_F(SessionFinalsTest, WhoWaitsForTheCountersOfAnErasedUserWaitsNoLonger) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200}, 1);
  tracker.take();
  seen(Seconds{2}, "e/1/0", "anna", {110, 220});
  final(Seconds{2}, "anna", {110, 220});
  const auto marked = tracker.counters_marked();
  tracker.forget_user("anna");
  tracker.take();
  EXPECT_GE(tracker.counters_taken(), marked);
}

TEST_F(SessionFinalsTest, WhatIsOverOfAnErasedUserIsNotWrittenAgain) {
  seen(Seconds{1}, "e/1/0", "anna", {100, 200}, 1);
  seen(Seconds{1}, "e/1/1", "ben", {100, 200}, 1);
  final(Seconds{2}, "anna", {100, 200});
  tracker.forget_user("anna");
  const auto moves = tracker.take();
  EXPECT_EQ(moves.opened.size(), 1U) << "ben's";
  EXPECT_TRUE(moves.closed.empty());
  final(Seconds{3}, "ben", {100, 200});
  EXPECT_EQ(tracker.take().closed.size(), 1U);
}

TEST_F(SessionFinalsTest, RepeatedLastWordsCountOnceHoweverLongNobodyRan) {
  final(Seconds{5}, "anna", {10, 20});
  tracker.tick(start + Seconds{9});
  model::Checkpoint checkpoint;
  checkpoint.next_session_id = tracker.next_session_id();
  checkpoint.recently_closed = tracker.take().closed;
  SessionTracker again;
  again.restore(checkpoint);
  constexpr Seconds day{86'400};
  again.tick(start + day);
  again.apply(source.say(start + day, model::PeerFinal{facts("anna"), {10, 20}, start + Seconds{5}}));
  again.tick(start + day + Seconds{10});
  EXPECT_TRUE(moved(again.take()).is_zero());
}

}  // namespace davylamp::core
