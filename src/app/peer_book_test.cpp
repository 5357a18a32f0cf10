#include "app/peer_book.hpp"

#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

const model::SourceId udp{"node", "openvpn", "udp"};

model::Address address(std::string_view text) {
  return *model::Address::parse(text);
}

model::PeerSeen seen(const std::string& peer, std::string_view real, std::optional<std::uint16_t> port,
                     std::string_view inner, std::uint64_t listing = 0) {
  model::PeerSeen fact;
  fact.peer = peer;
  fact.counters = {10, 20};
  fact.listing = listing;
  fact.facts.emplace();
  fact.facts->real = model::Endpoint{address(real), port};
  fact.facts->virtual_address = address(inner);
  return fact;
}

class PeerBookTest : public testing::Test {
 protected:
  PeerBookTest() { book_.follow(udp); }
  PeerBook book_;
};

TEST_F(PeerBookTest, FindsAPeerByWhereItComesFromAndByItsAddressInside) {
  book_.note(udp, seen("1/a", "192.0.2.1", 4000, "10.8.0.2"));
  book_.note(udp, seen("1/b", "192.0.2.1", 4001, "10.8.0.3"));
  EXPECT_EQ(book_.peer_at(udp, {address("192.0.2.1"), 4001}), "1/b");
  EXPECT_EQ(book_.peer_at(udp, {address("192.0.2.1"), 4002}), std::nullopt);
  EXPECT_EQ(book_.peer_behind(udp, address("10.8.0.2")), "1/a");
  EXPECT_EQ(book_.counters(udp, "1/a"), (model::Counters{10, 20}));
}

TEST_F(PeerBookTest, AnAddressWithoutAPortIsEnoughForOnePeerOnly) {
  book_.note(udp, seen("1/a", "2001:db8::1", std::nullopt, "10.8.0.2"));
  EXPECT_EQ(book_.peer_at(udp, {address("2001:db8::1"), 77}), "1/a");
  book_.note(udp, seen("1/b", "2001:db8::1", std::nullopt, "10.8.0.3"));
  EXPECT_EQ(book_.peer_at(udp, {address("2001:db8::1"), 77}), std::nullopt);
}

TEST_F(PeerBookTest, FollowsOneWhoMoves) {
  book_.note(udp, seen("1/a", "192.0.2.1", 4000, "10.8.0.2"));
  book_.note(udp, seen("1/a", "192.0.2.9", 5000, "10.8.0.2"));
  EXPECT_EQ(book_.peer_at(udp, {address("192.0.2.1"), 4000}), std::nullopt);
  EXPECT_EQ(book_.peer_at(udp, {address("192.0.2.9"), 5000}), "1/a");
}

TEST_F(PeerBookTest, ForgetsWhoLeftWhoIsNotListedAndWhoIsOfAnotherEpoch) {
  book_.note(udp, seen("1/a", "192.0.2.1", 1, "10.8.0.2", 5));
  book_.note(udp, seen("1/b", "192.0.2.2", 1, "10.8.0.3", 6));
  book_.note(udp, model::PeersListed{6, 1});
  EXPECT_EQ(book_.peer_behind(udp, address("10.8.0.2")), std::nullopt);
  EXPECT_EQ(book_.peer_behind(udp, address("10.8.0.3")), "1/b");
  book_.note(udp, seen("1/c", "192.0.2.3", 1, "10.8.0.4", 6));
  book_.note(udp, model::PeerGone{"1/c", {}, model::EndReason::left});
  EXPECT_EQ(book_.peer_at(udp, {address("192.0.2.3"), 1}), std::nullopt);
  book_.note(udp, model::EpochStarted{"2"});
  EXPECT_EQ(book_.peer_at(udp, {address("192.0.2.2"), 1}), std::nullopt);
}

TEST_F(PeerBookTest, AnInnerAddressGivenToTheNextPeerStaysWithIt) {
  book_.note(udp, seen("1/a", "192.0.2.1", 1, "10.8.0.2"));
  book_.note(udp, seen("1/b", "192.0.2.2", 1, "10.8.0.2"));
  book_.note(udp, model::PeerGone{"1/a", {}, model::EndReason::left});
  EXPECT_EQ(book_.peer_behind(udp, address("10.8.0.2")), "1/b");
}

TEST_F(PeerBookTest, NotesNothingOfServersThatNobodyAsksFor) {
  const model::SourceId other{"node", "openvpn", "tcp"};
  book_.note(other, seen("1/a", "192.0.2.1", 1, "10.8.0.2"));
  EXPECT_EQ(book_.peer_at(other, {address("192.0.2.1"), 1}), std::nullopt);
}

}  // namespace
}  // namespace davylamp::app
