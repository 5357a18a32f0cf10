#include "sources/watch/server_judge.hpp"

#include <gtest/gtest.h>

#include <map>

#include "sources/watch/testing/scripted.hpp"

namespace davylamp::watch {
namespace {

using base::Seconds;
using model::Counters;
using model::WitnessState;

class ScriptedDirectory : public contract::PeerDirectory {
 public:
  std::optional<std::string> peer_at(const model::SourceId&, const model::Endpoint& real) const override {
    const auto found = real_.find(real.to_text());
    return found == real_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> peer_behind(const model::SourceId&, const model::Address& address) const override {
    const auto found = inner_.find(address.to_string());
    return found == inner_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<Counters> counters(const model::SourceId&, const std::string& peer) const override {
    const auto found = counters_.find(peer);
    return found == counters_.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<std::string, std::string> real_;
  std::map<std::string, std::string> inner_;
  std::map<std::string, Counters> counters_;
};

class ServerJudgeTest : public testing::Test {
 protected:
  ServerJudgeTest() {
    for (std::size_t i = 0; i < 2; ++i) ledger.told(i, clock.now(), WitnessState::looking);
    pass(Seconds{12});
  }
  static PeerLedger::Rules rules() {
    auto rules = rules_of({"ebpf", "conntrack"});
    rules.apart_by_port = true;
    return rules;
  }
  void pass(Seconds seconds) {
    for (int i = 0; i < seconds.count(); ++i) {
      ledger.tick(clock.now());
      judge.tick(clock.now(), sink);
      clock.advance(Seconds{1});
    }
  }
  // `packets` of 1,000 bytes each way, with 28 bytes of headers each.
  void moved(std::size_t witness, std::uint64_t identity, std::uint16_t port, std::uint64_t packets) {
    ScriptedFlow flow{
        .identity = identity, .port = port, .rx = packets * 1'000, .tx = packets * 1'000, .began_at = clock.now()};
    ledger.seen(witness, clock.now(), flow.seen());
  }
  const model::JudgedPeer& last() {
    const auto judged = sink.of<model::PeersJudged>();
    if (judged.empty()) throw std::runtime_error("nobody was judged");
    judged_ = judged.back().peers.back();
    return judged_;
  }

  base::ManualClock clock;
  ScriptedDirectory directory;
  PeerLedger ledger{rules(), SlotBook(StateFile::in_memory(small_place())), clock.now()};
  RecordingSink sink;
  ServerJudge judge{ledger, directory, {"edge-1", "openvpn", "udp"}};
  model::JudgedPeer judged_;
};

}  // namespace

TEST_F(ServerJudgeTest, AServersOwnCountIsComparedAsPayload) {
  moved(0, 1, 4000, 5'000);
  moved(1, 2, 4000, 5'000);
  directory.real_["192.0.2.1:4000"] = "e/1/0";
  directory.counters_["e/1/0"] = {5'000 * 972, 5'000 * 972};
  pass(Seconds{6});
  EXPECT_EQ(last().peer, "e/1/0");
  ASSERT_TRUE(last().evidence);
  const auto& evidence = *last().evidence;
  EXPECT_EQ(evidence.asked, 3U);
  ASSERT_EQ(evidence.witnesses.size(), 3U);
  EXPECT_EQ(evidence.witnesses[0].kind, "openvpn");
  EXPECT_EQ(evidence.witnesses[2].rx_bytes, 5'000U * 972);
  EXPECT_EQ(evidence.off, 0);
  for (const auto& [at, fact] : sink.all) EXPECT_TRUE(std::holds_alternative<model::PeersJudged>(fact));
}

TEST_F(ServerJudgeTest, OneThatSawHalfDoesNotAgree) {
  moved(0, 1, 4000, 5'000);
  moved(1, 2, 4000, 2'500);
  directory.real_["192.0.2.1:4000"] = "e/1/0";
  directory.counters_["e/1/0"] = {5'000 * 972, 5'000 * 972};
  pass(Seconds{6});
  EXPECT_NEAR(last().evidence->off, 0.5, 0.01);
  EXPECT_TRUE(last().evidence->witnesses[1].agrees);
  EXPECT_FALSE(last().evidence->witnesses[2].agrees);
}

TEST_F(ServerJudgeTest, ASessionThatWasThereBeforeIsComparedFromNowOn) {
  moved(0, 1, 4000, 10);
  moved(1, 2, 4000, 10);
  pass(Seconds{20});
  directory.real_["192.0.2.1:4000"] = "e/1/0";
  directory.counters_["e/1/0"] = {900'000'000, 900'000'000};
  pass(Seconds{11});
  moved(0, 1, 4000, 5'010);
  moved(1, 2, 4000, 5'010);
  directory.counters_["e/1/0"] = {900'000'000 + (5'000 * 972), 900'000'000 + (5'000 * 972)};
  pass(Seconds{6});
  EXPECT_EQ(last().evidence->off, 0);
  EXPECT_EQ(last().evidence->witnesses[0].rx_bytes, 5'000U * 972);
}

TEST_F(ServerJudgeTest, AComparisonThatBeganAmidTrafficBeginsAgain) {
  moved(0, 1, 4000, 10);
  moved(1, 2, 4000, 10);
  pass(Seconds{20});
  directory.real_["192.0.2.1:4000"] = "e/1/0";
  directory.counters_["e/1/0"] = {900'000'000, 900'000'000};
  pass(Seconds{6});
  // The server had counted 400 of these 1,000 packets before the comparison began, the witnesses none.
  moved(0, 1, 4000, 1'010);
  moved(1, 2, 4000, 1'010);
  directory.counters_["e/1/0"] = {900'000'000 + (600 * 972), 900'000'000 + (600 * 972)};
  pass(Seconds{10});
  moved(0, 1, 4000, 6'010);
  moved(1, 2, 4000, 6'010);
  directory.counters_["e/1/0"] = {900'000'000 + (5'600 * 972), 900'000'000 + (5'600 * 972)};
  pass(Seconds{6});
  EXPECT_EQ(last().evidence->off, 0);
  EXPECT_EQ(last().evidence->witnesses[0].rx_bytes, 5'000U * 972);
  EXPECT_EQ(last().evidence->witnesses[1].rx_bytes, 5'000U * 972);
}

TEST_F(ServerJudgeTest, ARoamingSessionIsTheSumOfItsAddresses) {
  moved(0, 1, 4000, 3'000);
  directory.real_["192.0.2.1:4000"] = "e/1/0";
  directory.counters_["e/1/0"] = {3'000 * 972, 3'000 * 972};
  pass(Seconds{6});
  directory.real_ = {{"192.0.2.1:4001", "e/1/0"}};
  moved(0, 3, 4001, 2'000);
  directory.counters_["e/1/0"] = {5'000 * 972, 5'000 * 972};
  pass(Seconds{6});
  EXPECT_EQ(last().evidence->witnesses[1].rx_bytes, 5'000U * 972);
  EXPECT_EQ(last().evidence->off, 0);
}

TEST_F(ServerJudgeTest, QualityIsFoundByTheAddressInTheTunnel) {
  directory.inner_["10.8.0.2"] = "e/1/0";
  directory.counters_["e/1/0"] = {1, 1};
  model::Quality quality{.rtt_milliseconds = 31, .rtt_method = "inner_syn_ack", .at = clock.now()};
  judge.judged(clock.now(), model::Address::parse("10.8.0.2").value(), quality);
  judge.judged(clock.now(), model::Address::parse("10.8.0.3").value(), quality);
  pass(Seconds{6});
  ASSERT_TRUE(last().quality);
  EXPECT_EQ(last().quality->rtt_milliseconds, 31);
  EXPECT_EQ(judge.unknown_addresses(), 1U);
  directory.counters_.clear();
  pass(Seconds{6});
  EXPECT_EQ(judge.sessions(), 0U) << "who has left is forgotten";
}

}  // namespace davylamp::watch
