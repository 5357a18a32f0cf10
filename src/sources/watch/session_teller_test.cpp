#include "sources/watch/session_teller.hpp"

#include <gtest/gtest.h>

#include "sources/watch/testing/scripted.hpp"

namespace davylamp::watch {
namespace {

using base::Seconds;
using model::Counters;
using model::WitnessState;

class SessionTellerTest : public testing::Test {
 protected:
  void looks(std::size_t witness) { ledger.told(witness, clock.now(), WitnessState::looking); }
  void seen(std::size_t witness, ScriptedFlow flow) {
    if (flow.began_at == base::Time{}) flow.began_at = clock.now();
    ledger.seen(witness, clock.now(), flow.seen());
  }
  void pass(Seconds seconds) {
    for (int i = 0; i < seconds.count(); ++i) {
      ledger.tick(clock.now());
      teller.tick(clock.now(), sink);
      clock.advance(Seconds{1});
    }
  }
  std::optional<model::Evidence> evidence() {
    std::optional<model::Evidence> last;
    for (const auto& told : sink.of<model::PeersJudged>()) {
      for (const auto& peer : told.peers) last = peer.evidence;
    }
    return last;
  }

  base::ManualClock clock;
  PeerLedger ledger{rules_of({"ebpf", "conntrack", "sockets"}), SlotBook(StateFile::in_memory(small_place())),
                    clock.now()};
  RecordingSink sink;
  SessionTeller teller{ledger};
};

}  // namespace

TEST_F(SessionTellerTest, TellsANewPeerWithItsFactsAndThenOnlyWhatMoves) {
  looks(0);
  pass(Seconds{1});
  const auto began_at = clock.now() - Seconds{3};
  seen(0, {.rx = 10, .tx = 20, .began_at = began_at});
  pass(Seconds{1});
  const auto told = sink.of<model::PeerSeen>();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].peer, ledger.epoch() + "/1");
  EXPECT_EQ(told[0].counters, (Counters{10, 20}));
  ASSERT_TRUE(told[0].facts);
  EXPECT_EQ(told[0].facts->user, "192.0.2.1");
  EXPECT_TRUE(told[0].facts->user_is_address);
  EXPECT_EQ(told[0].facts->transport, "udp");
  EXPECT_EQ(told[0].facts->connected_at, began_at);
  EXPECT_EQ(told[0].facts->real, endpoint("192.0.2.1", 4000));
  pass(Seconds{3});
  EXPECT_TRUE(sink.of<model::PeersMoved>().empty());
  seen(0, {.rx = 11, .tx = 20});
  pass(Seconds{1});
  const auto moved = sink.of<model::PeersMoved>();
  ASSERT_EQ(moved.size(), 1U);
  ASSERT_EQ(moved[0].peers.size(), 1U);
  EXPECT_EQ(moved[0].peers[0].counters, (Counters{11, 20}));
  EXPECT_EQ(sink.of<model::PeerSeen>().size(), 1U);
}

TEST_F(SessionTellerTest, EndsARestingPeerWhenItWasLastSeen) {
  looks(0);
  pass(Seconds{1});
  seen(0, {.rx = 10, .tx = 20});
  const auto last_seen_at = clock.now();
  pass(Seconds{123});
  const auto gone = sink.of<model::PeerGone>();
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(gone[0].reason, model::EndReason::timeout);
  EXPECT_EQ(gone[0].counters, (Counters{10, 20}));
  for (const auto& [at, fact] : sink.all) {
    if (std::holds_alternative<model::PeerGone>(fact)) EXPECT_EQ(at, last_seen_at);
  }
  EXPECT_EQ(teller.sessions(), 0U);
}

TEST_F(SessionTellerTest, ListsAllNowAndThen) {
  looks(0);
  pass(Seconds{1});
  for (std::uint16_t i = 1; i <= 3; ++i)
    seen(0, {.identity = i, .address = "192.0.2." + std::to_string(i), .rx = 1, .tx = 1});
  pass(Seconds{62});
  const auto listed = sink.of<model::PeersListed>();
  ASSERT_GE(listed.size(), 2U);
  EXPECT_EQ(listed.front().count, 0U);
  EXPECT_EQ(listed.back().count, 3U);
  EXPECT_GT(listed.back().listing, listed.front().listing);
  std::size_t in_listing = 0;
  for (const auto& seen : sink.of<model::PeerSeen>()) in_listing += seen.listing == listed.back().listing ? 1 : 0;
  EXPECT_EQ(in_listing, 3U);
}

TEST_F(SessionTellerTest, WitnessesThatSawTheSameAgree) {
  looks(0);
  looks(1);
  looks(2);
  pass(Seconds{5});
  const auto tcp = model::Protocol::tcp;
  // 2,000 packets of 1,000 bytes, of which 52 are headers.
  seen(0, {.identity = 1, .protocol = tcp, .rx = 2'000'000, .tx = 2'000'000});
  seen(1, {.identity = 2, .protocol = tcp, .rx = 2'000'000, .tx = 2'010'000});
  seen(2, {.identity = 3, .protocol = tcp, .rx = 1'896'000, .tx = 1'896'000});
  pass(Seconds{6});
  const auto found = evidence();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->asked, 3U);
  EXPECT_EQ(found->off, 0);
  ASSERT_EQ(found->witnesses.size(), 3U);
  EXPECT_EQ(found->witnesses[0].kind, "ebpf");
  EXPECT_TRUE(found->witnesses[2].agrees);
  EXPECT_EQ(found->witnesses[2].rx_bytes, 2'000'000U) << "brought to the layer of the first";
}

TEST_F(SessionTellerTest, OneThatSawLessDoesNotAgreeAndSocketsAreNotAskedAboutUdp) {
  for (std::size_t i = 0; i < 3; ++i) looks(i);
  pass(Seconds{5});
  seen(0, {.identity = 1, .rx = 2'000'000, .tx = 10'000'000});
  seen(1, {.identity = 2, .rx = 2'000'000, .tx = 9'000'000});
  pass(Seconds{12});
  const auto found = evidence();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->asked, 2U);
  ASSERT_EQ(found->witnesses.size(), 2U);
  EXPECT_FALSE(found->witnesses[1].agrees);
  EXPECT_NEAR(found->off, 0.1, 0.001);
}

TEST_F(SessionTellerTest, OneThatCameLateIsComparedFromThenOn) {
  looks(0);
  pass(Seconds{6});
  seen(0, {.identity = 1, .rx = 500'000'000, .tx = 500'000'000});
  pass(Seconds{2});
  looks(1);
  seen(1, {.identity = 2, .rx = 1'000, .tx = 1'000});
  pass(Seconds{25});
  seen(0, {.identity = 1, .rx = 502'000'000, .tx = 502'000'000});
  seen(1, {.identity = 2, .rx = 2'001'000, .tx = 2'001'000});
  pass(Seconds{6});
  const auto found = evidence();
  ASSERT_TRUE(found);
  ASSERT_EQ(found->witnesses.size(), 2U);
  EXPECT_EQ(found->off, 0);
  EXPECT_EQ(found->witnesses[0].rx_bytes, 2'000'000U) << "over the time both looked";
}

TEST_F(SessionTellerTest, IsJudgedAtMostEveryFiveSecondsAndOnlyWithNews) {
  looks(0);
  looks(1);
  pass(Seconds{5});
  for (std::uint64_t i = 1; i <= 20; ++i) {
    seen(0, {.identity = 1, .rx = 1'000'000, .tx = i * 1'000'000});
    seen(1, {.identity = 2, .rx = 1'000'000, .tx = i * 1'000'000});
    pass(Seconds{1});
  }
  const auto busy = sink.of<model::PeersJudged>().size();
  EXPECT_GE(busy, 2U);
  EXPECT_LE(busy, 5U);
  pass(Seconds{5});
  const auto then = sink.of<model::PeersJudged>().size();
  pass(Seconds{50});
  EXPECT_LE(sink.of<model::PeersJudged>().size(), then + 1);
}

TEST_F(SessionTellerTest, QualityIsOfTheFlowsThatMoveMostByTheBestMethod) {
  looks(0);
  pass(Seconds{1});
  const auto flow = [&](std::uint64_t identity, std::uint64_t tx, double rtt, const char* method) {
    auto told = ScriptedFlow{.identity = identity, .port = static_cast<std::uint16_t>(identity), .tx = tx}.seen();
    told.quality = model::Quality{.rtt_milliseconds = rtt, .rtt_method = method, .at = clock.now()};
    ledger.seen(0, clock.now(), told);
  };
  flow(1, 999'999, 20, "tcp_info");
  flow(2, 1, 200, "tcp_info");
  flow(3, 5'000'000, 900, "openvpn_handshake");
  pass(Seconds{6});
  const auto judged = sink.of<model::PeersJudged>();
  ASSERT_FALSE(judged.empty());
  const auto& quality = judged.back().peers.back().quality;
  ASSERT_TRUE(quality);
  EXPECT_EQ(quality->rtt_method, "tcp_info");
  EXPECT_NEAR(*quality->rtt_milliseconds, 20, 0.1);
}

}  // namespace davylamp::watch
