#include "sources/watch/peer_ledger.hpp"

#include <gtest/gtest.h>

#include "sources/watch/testing/scripted.hpp"

namespace davylamp::watch {
namespace {

using base::Seconds;
using model::Counters;
using model::WitnessState;

class PeerLedgerTest : public testing::Test {
 protected:
  explicit PeerLedgerTest(std::vector<std::string> kinds = {"ebpf", "conntrack", "sockets"})
      : ledger(rules_of(std::move(kinds)), SlotBook(StateFile::in_memory(small_place())), clock.now()) {}

  void looks(std::size_t witness) {
    ledger.told(witness, clock.now(), WitnessState::looking);
    ledger.tick(clock.now());
  }
  void seen(std::size_t witness, ScriptedFlow flow) {
    if (flow.began_at == base::Time{}) flow.began_at = clock.now();
    ledger.seen(witness, clock.now(), flow.seen());
  }
  void ended(std::size_t witness, const ScriptedFlow& flow) {
    ledger.ended(witness, clock.now(), {flow.identity, flow.counters(), clock.now()});
  }
  void pass(Seconds seconds) {
    for (int i = 0; i < seconds.count(); ++i) {
      clock.advance(Seconds{1});
      ledger.tick(clock.now());
    }
  }
  std::vector<std::uint32_t> peers() {
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < ledger.slots_used(); ++i) {
      if (ledger.slot(i).key != 0) all.push_back(i);
    }
    return all;
  }
  std::uint64_t loss(std::string_view name) {
    for (const auto& loss : ledger.losses()) {
      if (loss.name == name) return loss.count;
    }
    ADD_FAILURE() << "no loss " << name;
    return 0;
  }

  base::ManualClock clock;
  PeerLedger ledger;
};

}  // namespace

TEST_F(PeerLedgerTest, FlowsOfOneAddressAreOnePeer) {
  looks(0);
  seen(0, {.identity = 1, .port = 4000, .rx = 100, .tx = 1000});
  seen(0, {.identity = 2, .port = 4001, .protocol = model::Protocol::tcp, .rx = 5, .tx = 50});
  seen(0, {.identity = 3, .address = "2001:db8::1", .rx = 7, .tx = 70});
  ASSERT_EQ(peers().size(), 2U);
  EXPECT_EQ(ledger.totals(0), (Counters{105, 1050}));
  EXPECT_EQ(ledger.flows(0), 2U);
  EXPECT_EQ(ledger.where(0).port, std::nullopt) << "two flows have no one port";
  EXPECT_EQ(ledger.where(1).port, 4000);
  EXPECT_EQ(ledger.totals(1), (Counters{7, 70}));
}

TEST_F(PeerLedgerTest, AFlowThatEndedKeepsItsBytesAndIsNotCountedAgain) {
  looks(0);
  seen(0, {.rx = 100, .tx = 1000});
  ended(0, {.rx = 150, .tx = 1500});
  EXPECT_EQ(ledger.totals(0), (Counters{150, 1500}));
  EXPECT_EQ(ledger.flows(0), 0U);
  pass(Seconds{5});
  seen(0, {.rx = 150, .tx = 1500});
  ended(0, {.rx = 150, .tx = 1500});
  EXPECT_EQ(ledger.totals(0), (Counters{150, 1500})) << "told late, and twice";
  pass(Seconds{40});
  seen(0, {.identity = 2, .rx = 10, .tx = 10});
  EXPECT_EQ(ledger.totals(0), (Counters{160, 1510})) << "another identity is another flow";
}

TEST_F(PeerLedgerTest, CountersNeverGoBack) {
  looks(0);
  seen(0, {.rx = 100, .tx = 1000});
  seen(0, {.rx = 40, .tx = 1200});
  EXPECT_EQ(ledger.totals(0), (Counters{100, 1200}));
}

TEST_F(PeerLedgerTest, AListingEndsTheFlowsThatItDoesNotHave) {
  looks(0);
  seen(0, {.identity = 1, .rx = 10, .tx = 10});
  seen(0, {.identity = 2, .port = 4001, .rx = 10, .tx = 10});
  ledger.begin_listing(0);
  seen(0, {.identity = 2, .port = 4001, .rx = 20, .tx = 20});
  seen(0, {.identity = 3, .port = 4002, .rx = 1, .tx = 1});
  ledger.end_listing(0, clock.now());
  EXPECT_EQ(ledger.flows(0), 2U);
  EXPECT_EQ(ledger.flows_of(0), 2U);
  EXPECT_EQ(ledger.totals(0), (Counters{31, 31}));
}

TEST_F(PeerLedgerTest, TheFirstInTheOrderOfTrustCountsAndWhatWasToldBeforeIsNotLost) {
  ledger.told(1, clock.now(), WitnessState::looking);
  ledger.tick(clock.now());
  seen(1, {.identity = 71, .rx = 90, .tx = 900});
  EXPECT_EQ(ledger.choice().counting(), std::nullopt) << "the first may still come";
  seen(0, {.identity = 1, .rx = 100, .tx = 1000});
  looks(0);
  EXPECT_EQ(ledger.choice().counting(), 0U);
  EXPECT_EQ(ledger.totals(0), (Counters{100, 1000}));
}

TEST_F(PeerLedgerTest, WhenTheFirstIsRefusedTheNextCountsFromWhatItSawAll) {
  ledger.told(1, clock.now(), WitnessState::looking);
  seen(1, {.identity = 71, .rx = 90, .tx = 900});
  ledger.told(0, clock.now(), WitnessState::refused);
  ledger.tick(clock.now());
  EXPECT_EQ(ledger.choice().counting(), 1U);
  EXPECT_EQ(ledger.totals(0), (Counters{90, 900}));
}

TEST_F(PeerLedgerTest, AHandoverCountsNothingTwice) {
  looks(0);
  ledger.told(1, clock.now(), WitnessState::looking);
  seen(0, {.identity = 1, .rx = 100, .tx = 1000});
  seen(1, {.identity = 71, .rx = 90, .tx = 900});
  pass(Seconds{1});
  ledger.told(0, clock.now(), WitnessState::failed);
  pass(Seconds{6});
  ASSERT_EQ(ledger.choice().counting(), 1U);
  seen(1, {.identity = 71, .rx = 110, .tx = 1100, .began_at = clock.now() - Seconds{9}});
  EXPECT_EQ(ledger.totals(0), (Counters{100, 1000})) << "may have been counted by the one before";
  seen(1, {.identity = 71, .rx = 130, .tx = 1400});
  EXPECT_EQ(ledger.totals(0), (Counters{120, 1300})) << "moved since it took over";
  seen(1, {.identity = 72, .port = 4001, .rx = 5, .tx = 6});
  EXPECT_EQ(ledger.totals(0), (Counters{125, 1306})) << "began since";
  seen(0, {.identity = 1, .rx = 500, .tx = 5000});
  EXPECT_EQ(ledger.totals(0), (Counters{125, 1306})) << "the old one does not count any more";
  EXPECT_EQ(loss("watch_changes_of_counting"), 1U);
}

TEST_F(PeerLedgerTest, ABetterOneTakesOverOnlyWhenItHasLookedForLong) {
  ledger.told(0, clock.now(), WitnessState::refused);
  looks(1);
  pass(Seconds{1});
  looks(0);
  pass(Seconds{50});
  EXPECT_EQ(ledger.choice().counting(), 1U);
  pass(Seconds{15});
  EXPECT_EQ(ledger.choice().counting(), 0U);
}

TEST_F(PeerLedgerTest, ARestingPeerIsIdleAndItsFlowBeginsAnotherSessionWhenItMoves) {
  looks(0);
  seen(0, {.rx = 100, .tx = 1000});
  const auto key = ledger.slot(0).key;
  pass(Seconds{120});
  seen(0, {.rx = 100, .tx = 1000, .last_seen_at = clock.now() - Seconds{120}});
  EXPECT_FALSE(ledger.is_idle(0, clock.now()));
  pass(Seconds{1});
  ASSERT_TRUE(ledger.is_idle(0, clock.now()));
  ledger.drop(0);
  seen(0, {.rx = 100, .tx = 1000, .last_seen_at = clock.now() - Seconds{121}});
  EXPECT_TRUE(peers().empty()) << "nothing moved";
  seen(0, {.rx = 103, .tx = 1000});
  ASSERT_EQ(peers().size(), 1U);
  EXPECT_NE(ledger.slot(0).key, key);
  EXPECT_EQ(ledger.totals(0), (Counters{3, 0}));
  EXPECT_EQ(ledger.slot(0).connected_at, clock.now().time_since_epoch().count());
}

TEST_F(PeerLedgerTest, OneThatOnlyKnocksIsNoSession) {
  looks(0);
  seen(0, {.rx = 60, .tx = 0});
  EXPECT_EQ(ledger.slot(0).open, 0);
  pass(Seconds{31});
  ASSERT_TRUE(ledger.is_idle(0, clock.now()));
  ledger.drop(0);
  EXPECT_EQ(loss("watch_never_answered"), 1U);
  seen(0, {.identity = 2, .rx = 60, .tx = 0});
  seen(0, {.identity = 2, .rx = 60, .tx = 40});
  EXPECT_EQ(ledger.slot(0).open, 1) << "answered";
}

TEST_F(PeerLedgerTest, WhatDoesNotFitIsCounted) {
  looks(0);
  for (std::uint16_t i = 0; i < 70; ++i)
    seen(0, {.identity = i, .address = "192.0.2." + std::to_string(i), .rx = 1, .tx = 1});
  EXPECT_EQ(peers().size(), 64U);
  EXPECT_EQ(loss("watch_peers_not_kept"), 6U);
  for (std::uint16_t i = 0; i < 300; ++i)
    seen(0, {.identity = 1000U + i, .port = static_cast<std::uint16_t>(5000 + i), .rx = 1, .tx = 1});
  EXPECT_EQ(loss("watch_flows_not_kept"), 300U + 70U - 256U);
}

TEST_F(PeerLedgerTest, ReportsWithoutCountersStillShowThatSomebodyIsThere) {
  looks(0);
  auto flow = ScriptedFlow{}.seen();
  flow.counters.reset();
  ledger.seen(0, clock.now(), flow);
  EXPECT_EQ(ledger.slot(0).open, 0);
  pass(Seconds{3});
  ledger.seen(0, clock.now(), flow);
  EXPECT_EQ(ledger.slot(0).open, 1);
}

}  // namespace davylamp::watch
