#include "sources/wireguard/session_book.hpp"

#include <gtest/gtest.h>

#include <map>

#include "sources/wireguard/book_file.hpp"
#include "sources/wireguard/testing/answers.hpp"

namespace davylamp::wireguard {
namespace {

using testing::key;

constexpr base::Time start = base::from_unix_seconds(1'795'000'000);

// A ledger in small: what the tracker makes of what the book says, by the same rules.
struct Ledger {
  struct Session {
    model::PeerFacts facts;
    model::Counters counters;
    bool open = true;
    base::Time ended_at{};
    model::EndReason reason{};
  };
  std::map<std::string, Session> sessions;
  std::vector<std::string> order;
  std::vector<std::string> listed;

  void take(SessionBook& book) {
    for (const auto& [at, fact] : book.take_said()) {
      if (const auto* seen = std::get_if<model::PeerSeen>(&fact)) {
        if (!sessions.contains(seen->peer)) order.push_back(seen->peer);
        auto& session = sessions[seen->peer];
        EXPECT_TRUE(session.open) << "a key was used again";
        if (seen->facts) session.facts = *seen->facts;
        session.counters.raise_to(seen->counters);
      } else if (const auto* moved = std::get_if<model::PeersMoved>(&fact)) {
        for (const auto& peer : moved->peers) sessions.at(peer.peer).counters.raise_to(peer.counters);
      } else if (const auto* gone = std::get_if<model::PeerGone>(&fact)) {
        auto& session = sessions.at(gone->peer);
        session.counters.raise_to(*gone->counters);
        session.open = false;
        session.ended_at = at;
        session.reason = gone->reason;
      }
    }
  }
  const Session& at(std::size_t number) const { return sessions.at(order.at(number)); }
  std::uint64_t rx() const {
    std::uint64_t sum = 0;
    for (const auto& [peer, session] : sessions) sum += session.counters.rx_bytes;
    return sum;
  }
  std::size_t open() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(sessions, [](const auto& entry) { return entry.second.open; }));
  }
};

// An interface whose peers a test moves by hand, and who looks at it.
struct Scene {
  SessionBook book;
  Ledger ledger;
  Device device;
  base::Time now = start;

  explicit Scene(bool made_now = true) { book.begin_epoch("1-1", made_now ? std::optional(start) : std::nullopt, now); }
  Peer& peer(std::uint8_t number) {
    for (auto& known : device.peers) {
      if (known.public_key == key(number)) return known;
    }
    auto& added = device.peers.emplace_back();
    added.public_key = key(number);
    added.endpoint = model::Endpoint{*model::Address::parse("192.0.2.1"), 4000};
    return added;
  }
  void shake(std::uint8_t number) { peer(number).handshake_ns = now.time_since_epoch().count() * 1'000'000; }
  void move(std::uint8_t number, std::uint64_t rx, std::uint64_t tx) {
    peer(number).rx_bytes += rx;
    peer(number).tx_bytes += tx;
  }
  void remove(std::uint8_t number) {
    std::erase_if(device.peers, [&](const Peer& known) { return known.public_key == key(number); });
  }
  void look(bool repair = false) {
    book.look(device, now, repair);
    ledger.take(book);
  }
  void pass(base::Seconds span, base::Seconds pace = base::Seconds{2}) {
    for (const auto until = now + span; now < until;) {
      now += pace;
      look();
    }
  }
};

TEST(SessionBook, ASessionBeginsWithAHandshakeAndCountsFromThere) {
  Scene scene;
  scene.peer(1);
  scene.look();
  EXPECT_EQ(scene.ledger.sessions.size(), 0U);
  scene.now += base::Seconds{5};
  scene.shake(1);
  const auto shaken = scene.now;
  scene.now += base::Seconds{1};
  scene.move(1, 644, 476);
  scene.look();
  ASSERT_EQ(scene.ledger.open(), 1U);
  EXPECT_EQ(scene.ledger.at(0).facts.connected_at, shaken);
  EXPECT_EQ(scene.ledger.at(0).facts.common_name, key(1).to_base64());
  EXPECT_EQ(scene.ledger.at(0).facts.user, key(1).to_base64().substr(0, 8));
  EXPECT_EQ(scene.ledger.at(0).counters, (model::Counters{644, 476}));
}

TEST(SessionBook, ItEndedWhenItsBytesLastGrew) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 100, 100);
  scene.look();
  scene.now += base::Seconds{60};
  scene.move(1, 50, 0);
  scene.look();
  const auto last = scene.now;
  scene.pass(base::Seconds{118});
  EXPECT_EQ(scene.ledger.open(), 1U);
  scene.pass(base::Seconds{4});
  ASSERT_EQ(scene.ledger.open(), 0U);
  EXPECT_EQ(scene.ledger.at(0).ended_at, last);
  EXPECT_EQ(scene.ledger.at(0).reason, model::EndReason::timeout);
  EXPECT_EQ(scene.ledger.at(0).counters, (model::Counters{150, 100}));
}

TEST(SessionBook, ATunnelThatRenewsItsHandshakeIsOneSession) {
  Scene scene;
  for (int i = 0; i < 10; ++i) {
    scene.shake(1);
    scene.move(1, 1000, 1000);
    scene.pass(base::Seconds{120});
  }
  EXPECT_EQ(scene.ledger.sessions.size(), 1U);
  EXPECT_EQ(scene.ledger.rx(), 10'000U);
}

TEST(SessionBook, TheNextSessionTakesWhatMovedBetween) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 100, 100);
  scene.look();
  scene.pass(base::Seconds{200});
  scene.move(1, 0, 148);  // a handshake that nobody answers
  scene.pass(base::Seconds{10});
  EXPECT_EQ(scene.ledger.open(), 0U);
  scene.shake(1);
  scene.move(1, 7, 7);
  scene.pass(base::Seconds{2});
  ASSERT_EQ(scene.ledger.sessions.size(), 2U);
  EXPECT_EQ(scene.ledger.at(0).counters, (model::Counters{100, 100}));
  EXPECT_EQ(scene.ledger.at(1).counters, (model::Counters{7, 155}));
}

TEST(SessionBook, APeerThatIsAddedAgainCountsFromZeroAndLosesNothing) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 5000, 5000);
  scene.look();
  scene.remove(1);
  scene.peer(1);
  scene.pass(base::Seconds{2});
  EXPECT_EQ(scene.ledger.open(), 0U);
  EXPECT_EQ(scene.ledger.at(0).reason, model::EndReason::restart);
  scene.shake(1);
  scene.move(1, 300, 300);
  scene.pass(base::Seconds{2});
  EXPECT_EQ(scene.ledger.sessions.size(), 2U);
  EXPECT_EQ(scene.ledger.rx(), 5300U);
}

TEST(SessionBook, APeerThatIsAddedAgainBetweenTwoLooksIsSeenByItsCounters) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 5000, 5000);
  scene.look();
  scene.remove(1);
  scene.now += base::Seconds{1};
  scene.shake(1);
  scene.move(1, 300, 300);
  scene.look();
  EXPECT_EQ(scene.ledger.rx(), 5300U);
  EXPECT_EQ(scene.ledger.open(), 1U);
}

TEST(SessionBook, APeerThatIsTakenOutHasLeft) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 10, 10);
  scene.look();
  scene.remove(1);
  scene.device.problems = 1;
  scene.pass(base::Seconds{2});
  EXPECT_EQ(scene.ledger.open(), 1U) << "an answer with a defect proves presence, never absence";
  scene.device.problems = 0;
  scene.pass(base::Seconds{2});
  EXPECT_EQ(scene.ledger.open(), 0U);
  EXPECT_EQ(scene.ledger.at(0).reason, model::EndReason::left);
}

TEST(SessionBook, ANewInterfaceIsANewEpochAndAllItCountsIsNew) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 1000, 10);
  scene.look();
  scene.book.begin_epoch("2-2", start + base::Seconds{1}, scene.now);
  scene.device.clear();
  scene.now += base::Seconds{2};
  scene.shake(1);
  scene.move(1, 2000, 10);  // more than before: only the epoch tells
  scene.look();
  EXPECT_EQ(scene.ledger.rx(), 3000U);
  EXPECT_EQ(scene.ledger.at(0).reason, model::EndReason::restart);
  EXPECT_EQ(scene.ledger.open(), 1U);
}

TEST(SessionBook, AnInterfaceThatIsBackWithItsCountersCountsOn) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 1000, 10);
  scene.look();
  scene.book.vanished();
  scene.book.begin_epoch("1-1", start, scene.now);
  scene.move(1, 5, 0);
  scene.shake(1);
  scene.pass(base::Seconds{2});
  EXPECT_EQ(scene.ledger.rx(), 1005U);
  EXPECT_EQ(scene.ledger.open(), 1U);
}

TEST(SessionBook, WhatWasCountedBeforeAnybodyLookedIsNotOfNow) {
  Scene old(false);
  old.shake(1);
  old.move(1, 1'000'000, 10);
  old.look();
  EXPECT_EQ(old.ledger.rx(), 0U);
  old.move(1, 9, 0);
  old.pass(base::Seconds{2});
  EXPECT_EQ(old.ledger.rx(), 9U);
  Scene young(true);
  young.now += base::Seconds{170};
  young.shake(1);
  young.move(1, 1'000'000, 10);
  young.look();
  EXPECT_EQ(young.ledger.rx(), 1'000'000U);
}

// Killed at any moment, continued from what was kept: the same sessions, the same bytes.
TEST(SessionBook, ContinuesFromItsRecordWithoutALossOrARepeat) {
  Scene scene;
  BookRecord kept;
  for (int step = 0; step < 40; ++step) {
    scene.now += base::Seconds{2};
    if (step % 20 < 5) scene.shake(1);
    if (step % 20 < 10) scene.move(1, 100, 50);
    scene.book.look(scene.device, scene.now, step % 7 == 0);
    if (scene.book.take_must_keep()) kept = *read_book(to_text(scene.book.record()));
    // Every other time it is killed before anybody heard what it said.
    if (step % 2 == 0) scene.ledger.take(scene.book);
    scene.book = SessionBook(kept);
    scene.book.begin_epoch("1-1", start, scene.now);
  }
  scene.look();
  EXPECT_EQ(scene.ledger.sessions.size(), 1U);
  EXPECT_EQ(scene.ledger.rx(), scene.peer(1).rx_bytes);
}

TEST(SessionBook, WhatMovedWhileNobodyLookedBelongsToASession) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 100, 0);
  scene.look();
  scene.pass(base::Seconds{200});
  const auto kept = scene.book.record();
  scene.book = SessionBook(kept);
  scene.now += base::Seconds{1000};
  scene.shake(1);
  const auto shaken = scene.now;
  scene.move(1, 5000, 0);
  scene.now += base::Seconds{3600};
  scene.book.begin_epoch("1-1", start, scene.now);
  scene.look();
  ASSERT_EQ(scene.ledger.sessions.size(), 2U);
  EXPECT_EQ(scene.ledger.at(1).facts.connected_at, shaken);
  EXPECT_EQ(scene.ledger.rx(), 5100U);
  scene.pass(base::Seconds{2});
  EXPECT_EQ(scene.ledger.open(), 0U);
  EXPECT_EQ(scene.ledger.at(1).ended_at, shaken);
}

TEST(SessionBook, RoamingIsTheSameSessionElsewhere) {
  Scene scene;
  scene.shake(1);
  scene.move(1, 10, 0);
  scene.look();
  scene.peer(1).endpoint = model::Endpoint{*model::Address::parse("198.51.100.9"), 5};
  scene.move(1, 10, 0);
  scene.pass(base::Seconds{2});
  ASSERT_EQ(scene.ledger.sessions.size(), 1U);
  EXPECT_EQ(scene.ledger.at(0).facts.real->to_text(), "198.51.100.9:5");
}

TEST(SessionBook, OnlyWhatChangedIsTold) {
  Scene scene;
  scene.shake(1);
  scene.shake(2);
  scene.move(1, 10, 0);
  scene.look();
  scene.now += base::Seconds{2};
  scene.book.look(scene.device, scene.now, false);
  EXPECT_TRUE(scene.book.take_said().empty());
  scene.move(2, 10, 0);
  scene.book.look(scene.device, scene.now, false);
  const auto said = scene.book.take_said();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(std::get<model::PeersMoved>(said[0].fact).peers.size(), 1U);
}

TEST(SessionBook, NamesAndHostAddressesAreFacts) {
  Scene scene;
  scene.shake(1);
  auto& peer = scene.peer(1);
  scene.device.allowed_ips = {*parse_allowed_ip("10.0.0.0/24"), *parse_allowed_ip("10.66.0.9/32"),
                              *parse_allowed_ip("10.66.0.2/32"), *parse_allowed_ip("fd66::2/128")};
  peer.allowed_count = 4;
  scene.book.set_names({{key(1), "ann"}});
  scene.look();
  EXPECT_EQ(scene.ledger.at(0).facts.user, "ann");
  EXPECT_EQ(scene.ledger.at(0).facts.virtual_address->to_string(), "10.66.0.2");
  EXPECT_EQ(scene.ledger.at(0).facts.virtual_address6->to_string(), "fd66::2");
  EXPECT_EQ(scene.ledger.at(0).facts.transport, "udp");
  scene.book.set_names({{key(1), "bob"}});
  scene.pass(base::Seconds{2});
  EXPECT_EQ(scene.ledger.at(0).facts.user, "bob");
}

TEST(SessionBook, KeysThatBeginAlikeAreShownWhole) {
  Scene scene;
  scene.shake(1);
  scene.look();
  auto alike = key(1);
  alike.bytes[31] = 0x77;
  scene.device.peers.push_back(scene.device.peers[0]);
  scene.device.peers.back().public_key = alike;
  scene.pass(base::Seconds{4});
  EXPECT_EQ(scene.book.user_of(alike), alike.to_base64());
  EXPECT_EQ(scene.ledger.at(0).facts.user, key(1).to_base64());
}

TEST(SessionBook, AHandshakeOfTheFutureProvesNothing) {
  Scene scene;
  scene.peer(1).handshake_ns = (start + base::Seconds{900'000}).time_since_epoch().count() * 1'000'000;
  scene.move(1, 10, 0);
  scene.look();
  EXPECT_EQ(scene.ledger.open(), 1U);
  scene.pass(base::Seconds{190});
  EXPECT_EQ(scene.ledger.open(), 0U);
}

TEST(BookFile, WhatIsNotWholeIsNotRead) {
  BookRecord record;
  record.epoch = "1-2";
  record.peers[key(1)] = {.base = {1, 2}, .seen = {3, 4}, .handshake_ns = 5, .began_at = start, .open = true};
  const auto text = to_text(record);
  const auto read = read_book(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->epoch, "1-2");
  EXPECT_EQ(read->peers, record.peers);
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(read_book(text.substr(0, size))) << size;
}

}  // namespace
}  // namespace davylamp::wireguard
