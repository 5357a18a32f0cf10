#include "sources/watch/state_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "base/testing/temporary_directory.hpp"
#include "sources/watch/testing/scripted.hpp"

namespace davylamp::watch {
namespace {

using model::Counters;

class StateFileTest : public testing::Test {
 protected:
  SlotBook open() { return SlotBook(StateFile::open(place).value()); }
  std::string bytes() const {
    std::ifstream file(place.path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(place.path, std::ios::binary) << bytes; }

  base::TemporaryDirectory directory;
  StatePlace place = small_place(directory.file("watch/service"));
  base::Time now = base::from_unix_seconds(1'795'000'000);
};

}  // namespace

TEST_F(StateFileTest, IsTheSameAfterARestart) {
  std::string epoch;
  {
    auto book = open();
    epoch = book.epoch();
    book.count_by("conntrack", base::Time{});
    const auto peer = book.add_peer(endpoint("2001:db8::7", 4000), now);
    const auto flow = book.add_flow(77, {});
    book.count(flow, peer, {100, 2000});
  }
  auto book = open();
  EXPECT_EQ(book.epoch(), epoch);
  EXPECT_EQ(book.counting(), "conntrack");
  EXPECT_EQ(book.totals(0), (Counters{100, 2000}));
  EXPECT_EQ(book.key_text(0), epoch + "/1");
  EXPECT_EQ(book.flow(0).identity, 77U);
  EXPECT_EQ(book.add_peer(endpoint("192.0.2.1", 1), now), 1U) << "the taken slot stays taken";
  EXPECT_EQ(book.key_text(1), epoch + "/2");
}

TEST_F(StateFileTest, NobodyElseMayReadItAndNobodyElseMayOpenIt) {
  const auto state = StateFile::open(place).value();
  struct stat status{};
  ASSERT_EQ(::stat(place.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(directory.file("watch").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  const auto again = StateFile::open(place);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "busy");
}

TEST_F(StateFileTest, AfterARestartOfTheHostAllBeginsAnew) {
  std::string epoch;
  {
    auto book = open();
    epoch = book.epoch();
    book.add_peer(endpoint("192.0.2.1", 1), now);
  }
  place.boot_id = "boot-2";
  auto book = open();
  EXPECT_NE(book.epoch(), epoch);
  EXPECT_EQ(book.peer(0).key, 0U);
  EXPECT_FALSE(book.counted_ever());
  EXPECT_FALSE(book.remark()) << "nothing is amiss";
}

TEST_F(StateFileTest, ADroppedPeerLeavesNothing) {
  auto book = open();
  book.add_peer(endpoint("192.0.2.77", 4000), now);
  EXPECT_NE(bytes().find("\xC0\x00\x02\x4D", 0, 4), std::string::npos);
  book.drop_peer(0);
  EXPECT_EQ(bytes().find("\xC0\x00\x02\x4D", 0, 4), std::string::npos);
}

TEST_F(StateFileTest, OtherLimitsKeepWhatFits) {
  {
    auto book = open();
    book.count_by("ebpf", base::Time{});
    for (std::uint16_t i = 0; i < 3; ++i) book.add_peer(endpoint("192.0.2." + std::to_string(i), 1), now);
    book.drop_peer(1);
    book.count(book.add_flow(5, {}), 2, {1, 2});
  }
  place.most_peers = 128;
  place.most_flows = 512;
  {
    auto book = open();
    EXPECT_EQ(book.totals(1), (Counters{1, 2})) << "close together";
    EXPECT_EQ(book.flow(0).identity, 5U);
    EXPECT_EQ(book.counting(), "ebpf");
    for (std::uint64_t i = 10; i < 400; ++i) book.add_flow(i, {});
  }
  place.most_flows = 256;
  auto book = open();
  EXPECT_EQ(book.counting(), "") << "flows that are forgotten must not be counted from their start again";
  EXPECT_TRUE(book.counted_ever());
}

TEST_F(StateFileTest, ADamagedFileIsSetAsideWithASentence) {
  {
    open().add_peer(endpoint("192.0.2.1", 1), now);
  }
  const auto good = bytes();
  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) {
    auto bad = good;
    if (i % 3 == 0) bad.resize(random() % good.size());
    if (i % 3 == 1) bad[random() % 32] ^= static_cast<char>(1U << (random() % 8));
    if (i % 3 == 2) bad[header_bytes + 57 + (random() % 3)] = static_cast<char>(200);
    write(bad);
    auto opened = StateFile::open(place);
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_TRUE(opened->remark()) << i;
    EXPECT_NE(opened->remark()->find("set aside"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(place.path + ".damaged"));
  }
}

TEST_F(StateFileTest, WhatIsNoPlainFileIsAnErrorOrSetAside) {
  std::filesystem::create_directories(place.path);
  const auto opened = StateFile::open(place);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "state");
}

// A child counts one byte after the other and says so to the parent after each is on record; it is killed at a random
// moment. What is on record then is what moved, or the one byte less that was on its way.
TEST_F(StateFileTest, AKillAtAnyMomentCountsNothingTwice) {
  std::mt19937 random(11);
  model::FlowCounters moved;
  for (int round = 0; round < 60; ++round) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const auto child = ::fork();
    if (child == 0) {
      auto rules = rules_of({"conntrack"});
      PeerLedger ledger(std::move(rules), open(), now);
      ledger.told(0, now, model::WitnessState::looking);
      ledger.tick(now);
      for (;;) {
        moved.rx_bytes += 3;
        moved.tx_bytes += 5;
        // What moves is told to the parent first: the world knows it whether or not it was counted.
        if (::write(told[1], &moved, sizeof moved) != sizeof moved) ::_exit(1);
        ScriptedFlow flow{
            .identity = 9, .rx = moved.rx_bytes, .tx = moved.tx_bytes, .began_at = now, .last_seen_at = now};
        ledger.seen(0, now, flow.seen());
      }
    }
    ::close(told[1]);
    ::usleep(random() % 1'500);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    model::FlowCounters last;
    while (::read(told[0], &last, sizeof last) == sizeof last) moved = last;
    ::close(told[0]);
    auto book = open();
    if (moved.rx_bytes == 0 || book.peer(0).key == 0) continue;
    const auto totals = book.totals(0);
    ASSERT_LE(totals.rx_bytes, moved.rx_bytes) << round;
    ASSERT_LE(totals.tx_bytes, moved.tx_bytes) << round;
    // Each kill may lose the step it fell into.
    ASSERT_GE(totals.rx_bytes + (3ULL * static_cast<unsigned>(round + 1)), moved.rx_bytes) << round;
  }
  EXPECT_GT(open().totals(0).rx_bytes, 100U);
}

}  // namespace davylamp::watch
