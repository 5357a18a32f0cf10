#include "sources/ipsec/session_book.hpp"

#include <gtest/gtest.h>

#include "sources/ipsec/book_file.hpp"

namespace davylamp::ipsec {
namespace {

constexpr base::Time start{base::Seconds{1'700'000'000}};

Child child_of(std::uint64_t unique_id, std::uint64_t rx, std::uint64_t tx) {
  Child child;
  child.unique_id = unique_id;
  child.spi_in = "c00000" + std::to_string(unique_id % 90 + 10);
  child.bytes_in = rx;
  child.bytes_out = tx;
  return child;
}

Ike ike_of(std::uint64_t unique_id, std::vector<Child> children = {}) {
  Ike ike;
  ike.unique_id = unique_id;
  ike.state = "ESTABLISHED";
  ike.remote_id = "carol";
  ike.remote_host = "192.0.2.1";
  ike.remote_port = 4500;
  ike.remote_virtual = {"10.1.0.1"};
  ike.established_seconds = 30;
  ike.children = std::move(children);
  return ike;
}

// What a ledger would make of it.
struct Told {
  std::map<std::string, model::Counters> open;
  std::map<std::string, std::pair<model::Counters, model::EndReason>> gone;

  void take(SessionBook& book) {
    for (const auto& said : book.take_said()) {
      if (const auto* seen = std::get_if<model::PeerSeen>(&said.fact)) {
        open[seen->peer].raise_to(seen->counters);
      } else if (const auto* moved = std::get_if<model::PeersMoved>(&said.fact)) {
        for (const auto& peer : moved->peers) open[peer.peer].raise_to(peer.counters);
      } else if (const auto* left = std::get_if<model::PeerGone>(&said.fact)) {
        open.erase(left->peer);
        gone[left->peer] = {*left->counters, left->reason};
      }
    }
  }
};

struct IpsecSessions : ::testing::Test {
  void SetUp() override { book.begin_epoch("1-2", start); }
  void list(const std::vector<Ike>& ikes) {
    now += base::Seconds{3};
    book.begin_listing(false);
    for (const auto& ike : ikes) book.row(ike, now);
    book.finish_listing(now);
    told.take(book);
  }
  static Report report(bool up, Ike ike, std::vector<Ike> replaced = {}) {
    return {up, {std::move(ike)}, std::move(replaced)};
  }

  SessionBook book;
  Told told;
  base::Time now = start;
};

TEST_F(IpsecSessions, RekeyedChildrenAddUp) {
  list({ike_of(1, {child_of(1, 100, 10)})});
  EXPECT_EQ(told.open.at("1-2/1"), (model::Counters{100, 10}));
  book.child_rekeyed(report(false, ike_of(1, {child_of(1, 150, 15), child_of(2, 0, 0)})), now);
  book.child_changed(report(false, ike_of(1, {child_of(1, 168, 16)})), now);
  // A row from before the last word.
  list({ike_of(1, {child_of(1, 150, 15), child_of(2, 20, 2)})});
  EXPECT_EQ(told.open.at("1-2/1"), (model::Counters{188, 18}));
  list({ike_of(1, {child_of(2, 30, 3)})});
  EXPECT_EQ(told.open.at("1-2/1"), (model::Counters{198, 19}));
}

TEST_F(IpsecSessions, ChildrenThatVanishUnseenStayCounted) {
  list({ike_of(1, {child_of(1, 100, 10)})});
  for (int i = 0; i < 4; ++i) list({ike_of(1, {child_of(2, 5, 5)})});
  EXPECT_EQ(told.open.at("1-2/1"), (model::Counters{105, 15}));
  EXPECT_EQ(book.record().sessions.at(1).children.size(), 1U);
}

TEST_F(IpsecSessions, LastWordsAfterTheGoodbyeAreCounted) {
  list({ike_of(1, {child_of(1, 100, 10)})});
  book.ike_changed(report(false, ike_of(1)), now);
  told.take(book);
  EXPECT_TRUE(told.gone.empty());
  book.child_changed(report(false, ike_of(1, {child_of(1, 168, 16)})), now);
  told.take(book);
  ASSERT_TRUE(told.gone.contains("1-2/1"));
  EXPECT_EQ(told.gone.at("1-2/1").first, (model::Counters{168, 16}));
  EXPECT_EQ(told.gone.at("1-2/1").second, model::EndReason::left);
  // A late row opens nothing.
  list({ike_of(1, {child_of(1, 168, 16)})});
  EXPECT_TRUE(told.open.empty());
}

TEST_F(IpsecSessions, AShortOneBetweenTwoLooksIsToldWhole) {
  list({});
  book.ike_changed(report(true, ike_of(1)), now);
  book.child_changed(report(true, ike_of(1, {child_of(1, 0, 0)})), now);
  book.ike_changed(report(false, ike_of(1)), now);
  book.child_changed(report(false, ike_of(1, {child_of(1, 42, 43)})), now);
  told.take(book);
  EXPECT_EQ(told.gone.at("1-2/1").first, (model::Counters{42, 43}));
}

TEST_F(IpsecSessions, AnIkeRekeyingGoesOnByItsEvent) {
  list({ike_of(1, {child_of(1, 100, 10)})});
  book.ike_rekeyed(report(false, ike_of(5), {ike_of(1)}), now);
  auto replaced = ike_of(1);
  replaced.state = "REKEYED";
  list({replaced, ike_of(5, {child_of(1, 120, 12)})});
  book.ike_changed(report(false, ike_of(1)), now);
  list({ike_of(5, {child_of(1, 130, 13)})});
  EXPECT_EQ(told.open.size(), 1U);
  EXPECT_EQ(told.open.at("1-2/1"), (model::Counters{130, 13}));
  EXPECT_TRUE(told.gone.empty());
}

TEST_F(IpsecSessions, AnIkeRekeyingGoesOnWithoutItsEvent) {
  list({ike_of(1, {child_of(1, 100, 10)})});
  list({ike_of(5, {child_of(1, 120, 12)})});
  // Neither a child in common.
  list({ike_of(6, {child_of(3, 7, 7)})});
  EXPECT_EQ(told.open.size(), 1U);
  EXPECT_EQ(told.open.at("1-2/1"), (model::Counters{127, 19}));
}

TEST_F(IpsecSessions, TwoDevicesOfOneUserAreTwo) {
  auto other = ike_of(2, {child_of(2, 5, 5)});
  other.remote_virtual = {"10.1.0.2"};
  list({ike_of(1, {child_of(1, 100, 10)}), other});
  EXPECT_EQ(told.open.size(), 2U);
}

TEST_F(IpsecSessions, NobodyYetAndAnotherNodesAreNone) {
  auto connecting = ike_of(1);
  connecting.state = "CONNECTING";
  auto passive = ike_of(2);
  passive.state = "PASSIVE";
  auto nameless = ike_of(3);
  nameless.remote_id = "%any";
  list({connecting, passive, nameless});
  EXPECT_TRUE(told.open.empty());
}

TEST_F(IpsecSessions, AbsenceFromTwoListingsIsTheEnd) {
  list({ike_of(1, {child_of(1, 100, 10)})});
  list({});
  EXPECT_TRUE(told.gone.empty());
  list({});
  EXPECT_EQ(told.gone.at("1-2/1").second, model::EndReason::left);
}

TEST_F(IpsecSessions, ANewCharonEndsAll) {
  list({ike_of(1, {child_of(1, 100, 10)})});
  book.begin_epoch("3-4", now);
  told.take(book);
  EXPECT_EQ(told.gone.at("1-2/1").second, model::EndReason::restart);
  list({ike_of(1, {child_of(1, 5, 5)})});
  EXPECT_EQ(told.open.at("3-4/1"), (model::Counters{5, 5}));
}

TEST_F(IpsecSessions, AnotherRunGoesOnFromTheFile) {
  list({ike_of(1, {child_of(1, 100, 10)}), ike_of(2)});
  book.child_changed(report(false, ike_of(1, {child_of(1, 168, 16)})), now);
  list({ike_of(1, {child_of(2, 5, 5)})});
  const auto text = to_text(book.record());
  EXPECT_EQ(text.find("carol"), std::string::npos);
  const auto kept = read_book(text);
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, book.record());
  book = SessionBook(*kept);
  book.begin_epoch("1-2", now);
  list({ike_of(1, {child_of(2, 50, 50)})});
  EXPECT_EQ(told.open.at("1-2/1"), (model::Counters{218, 66}));
  list({ike_of(1, {child_of(2, 50, 50)})});
  list({ike_of(1, {child_of(2, 50, 50)})});
  EXPECT_EQ(told.gone.at("1-2/2").second, model::EndReason::away);
}

TEST(IpsecBookFile, RefusesWhatIsNotWhole) {
  BookRecord record;
  record.epoch = "1-2";
  record.sessions[4].children[{7, 0xc0ffee}] = {1, 2};
  const auto text = to_text(record);
  EXPECT_EQ(read_book(text), record);
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(read_book(text.substr(0, size))) << size;
  EXPECT_FALSE(read_book("davylamp ipsec 1\nepoch 1\nchild 1 1 1 1\nend\n"));
}

}  // namespace
}  // namespace davylamp::ipsec
