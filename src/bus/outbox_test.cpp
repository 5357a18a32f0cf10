#include "bus/outbox.hpp"

#include <gtest/gtest.h>

#include <string>

namespace davylamp::bus {
namespace {

const model::SourceId udp{"node", "openvpn", "udp"};
const model::SourceId watched{"node", "watch", "conduit"};
constexpr std::uint64_t boot = 9;

class OutboxTest : public testing::Test {
 protected:
  void add(const model::SourceId& source, model::Fact fact) {
    outbox_.add({source, boot, ++sequences_[source], base::Time{}, std::move(fact)});
  }
  void seen(const std::string& peer, std::uint64_t rx, std::uint64_t listing = 0) {
    add(udp, model::PeerSeen{peer, {rx, 0}, listing, {}});
  }
  void known(const std::string& peer, const std::string& user) {
    model::PeerFacts facts;
    facts.user = user;
    add(udp, model::PeerSeen{peer, {}, 0, facts});
  }
  void refused() { add(udp, model::LoginRefused{"eve", {}, {}, "blocked"}); }
  void health(model::ServerState state) {
    model::SourceHealth health;
    health.server.state = state;
    add(udp, health);
  }
  std::vector<std::uint64_t> take(std::size_t weight = 1'000'000) {
    std::vector<std::uint64_t> taken;
    for (const auto& item : outbox_.take(weight)) taken.push_back(item->sequence);
    return taken;
  }
  using Sequences = std::vector<std::uint64_t>;

  std::map<model::SourceId, std::uint64_t> sequences_;
  Outbox outbox_{{.most = 20, .tidy_from = 10}};
};

TEST_F(OutboxTest, GivesEachOnceInOrder) {
  for (int i = 0; i < 5; ++i) refused();
  EXPECT_EQ(take(2), (Sequences{1, 2}));
  EXPECT_TRUE(outbox_.has_more());
  EXPECT_EQ(take(), (Sequences{3, 4, 5}));
  EXPECT_FALSE(outbox_.has_more());
}

TEST_F(OutboxTest, GivesAgainWhatIsNotStored) {
  for (int i = 0; i < 5; ++i) refused();
  take();
  outbox_.acknowledge({{udp, boot, 2}});
  outbox_.rewind();
  EXPECT_EQ(take(), (Sequences{3, 4, 5}));
}

TEST_F(OutboxTest, AnAcknowledgementOfAnotherStartMeansNothing) {
  refused();
  outbox_.acknowledge({{udp, boot + 1, 7}});
  EXPECT_EQ(outbox_.stats().waiting, 1U);
}

TEST_F(OutboxTest, SaysHowEachSourceFaresToWhoeverComesNew) {
  health(model::ServerState::connecting);
  health(model::ServerState::up);
  refused();
  take();
  outbox_.acknowledge({{udp, boot, 2}});
  outbox_.rewind();
  EXPECT_EQ(take(), (Sequences{2, 3}));
}

TEST_F(OutboxTest, KeepsOneReportOfEachPeerWhileNobodyTakesThem) {
  known("1/a", "alice");
  for (std::uint64_t i = 1; i <= 1000; ++i) seen("1/a", i);
  EXPECT_LE(outbox_.stats().waiting, 20U);
  EXPECT_EQ(outbox_.stats().dropped, 0U);
  const auto taken = take();
  EXPECT_EQ(taken.front(), 1U);
  EXPECT_EQ(taken.back(), 1001U);
}

TEST_F(OutboxTest, TakesOldCountersOutOfLargeReports) {
  add(watched, model::PeersMoved{{{"a", {1, 0}}, {"b", {1, 0}}, {"c", {1, 0}}, {"d", {1, 0}}, {"e", {1, 0}}}});
  add(watched, model::PeersMoved{{{"a", {2, 0}}, {"b", {2, 0}}, {"c", {2, 0}}, {"d", {2, 0}}}});
  add(watched, model::PeersMoved{{{"a", {3, 0}}, {"b", {3, 0}}}});
  const auto items = outbox_.take(100);
  ASSERT_EQ(items.size(), 3U);
  const auto& first = std::get<model::PeersMoved>(items[0]->fact).peers;
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].peer, "e");
  EXPECT_EQ(std::get<model::PeersMoved>(items[1]->fact).peers.size(), 2U);
  EXPECT_EQ(outbox_.stats().superseded, 6U);
}

TEST_F(OutboxTest, KeepsTheNewestListingOfManyWhole) {
  for (std::uint64_t listing = 1; listing <= 50; ++listing) {
    for (const auto* peer : {"1/a", "1/b", "1/c"}) seen(peer, listing, listing);
    add(udp, model::PeersListed{listing, 3});
  }
  EXPECT_EQ(outbox_.stats().dropped, 0U);
  EXPECT_LE(outbox_.stats().waiting, 20U);
  std::size_t rows = 0;
  for (const auto& item : outbox_.take(100)) {
    const auto* row = std::get_if<model::PeerSeen>(&item->fact);
    rows += row != nullptr && row->listing == 50 ? 1 : 0;
  }
  EXPECT_EQ(rows, 3U);
}

TEST_F(OutboxTest, DropsWhatHealsBeforeWhatDoesNot) {
  refused();
  for (int i = 0; i < 40; ++i) seen("1/" + std::to_string(i), 1);
  EXPECT_EQ(outbox_.stats().lost, 0U);
  EXPECT_GT(outbox_.stats().dropped, 0U);
  EXPECT_EQ(outbox_.stats().dropped + outbox_.stats().waiting, 41U);
  EXPECT_EQ(take().front(), 1U);
}

TEST_F(OutboxTest, CountsWhatIsLostForGood) {
  for (int i = 0; i < 50; ++i) refused();
  EXPECT_GT(outbox_.stats().lost, 0U);
  EXPECT_EQ(outbox_.stats().lost + outbox_.stats().waiting, 50U);
  EXPECT_EQ(take().back(), 50U);
}

TEST_F(OutboxTest, FactsThatAreRepeatedAreKeptOnceAndThoseThatChangedAll) {
  for (int i = 0; i < 30; ++i) known("1/a", "alice");
  known("1/a", "bob");
  for (int i = 0; i < 10; ++i) seen("1/b", 1);
  EXPECT_EQ(outbox_.stats().lost, 0U);
  EXPECT_LE(outbox_.stats().waiting, 20U);
}

TEST_F(OutboxTest, AStateThatWasLeftIsKept) {
  for (int i = 0; i < 8; ++i) health(model::ServerState::up);
  health(model::ServerState::down);
  for (int i = 0; i < 8; ++i) health(model::ServerState::up);
  std::vector<model::ServerState> states;
  for (const auto& item : outbox_.take(100)) {
    const auto state = std::get<model::SourceHealth>(item->fact).server.state;
    if (states.empty() || states.back() != state) states.push_back(state);
  }
  EXPECT_EQ(states, (std::vector{model::ServerState::up, model::ServerState::down, model::ServerState::up}));
}

}  // namespace
}  // namespace davylamp::bus
