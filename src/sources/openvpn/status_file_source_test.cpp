#include "sources/openvpn/status_file_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "base/testing/temporary_directory.hpp"
#include "sources/openvpn/status_freshness.hpp"

namespace davylamp::openvpn {
namespace {

using testing::HasSubstr;

const base::Time made = base::from_unix_seconds(1'795'232'049);  // 2026-11-21 03:34:09 UTC

class Facts : public contract::ObservationSink {
 public:
  void emit(base::Time, model::Fact fact) override {
    if (const auto* seen = std::get_if<model::PeerSeen>(&fact)) {
      counters[seen->peer] = seen->counters;
      if (seen->facts) peers[seen->peer] = *seen->facts;
    } else if (const auto* gone = std::get_if<model::PeerGone>(&fact)) {
      ended[gone->peer] = gone->reason;
    } else if (const auto* listed = std::get_if<model::PeersListed>(&fact)) {
      listings.push_back(listed->count);
    } else if (auto* health = std::get_if<model::SourceHealth>(&fact)) {
      server = health->server;
    } else if (const auto* done = std::get_if<model::CommandDone>(&fact)) {
      outcome = *done;
    }
  }
  std::map<std::string, model::Counters> counters;
  std::map<std::string, model::PeerFacts> peers;
  std::map<std::string, model::EndReason> ended;
  std::vector<std::uint64_t> listings;
  model::ServerFacts server;
  std::optional<model::CommandDone> outcome;
};

class StatusFileSourceTest : public testing::Test {
 protected:
  StatusFileSourceTest() {
    path = folder_ + "/status";
    clock.set(made + base::Seconds{1});
  }

  void write(const std::string& text) const { std::ofstream(path, std::ios::binary) << text; }
  // Runs the source until `enough`, at most thirty seconds.
  void run_until(const std::function<bool()>& enough) {
    boost::asio::io_context loop;
    auto source =
        make_status_file_source({.server = {.name = "udp"}, .path = path, .zone = "UTC"}, clock, base::utc_zones);
    model::Command order{7, made + base::Seconds{60}, model::EndSession{}};
    source->carry_out(facts, order);
    boost::asio::co_spawn(loop, source->run(facts), [&](const std::exception_ptr& error) { failure = error; });
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!failure && !enough() && std::chrono::steady_clock::now() < until)
      loop.run_for(std::chrono::milliseconds(10));
  }

  static std::string version1() {
    return "OpenVPN CLIENT LIST\nUpdated,2026-11-21 03:34:09\n"
           "Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since\n"
           "Smith, John,10.99.1.2:38795,2468,2459,2026-11-21 03:33:40\n"
           "ROUTING TABLE\nVirtual Address,Common Name,Real Address,Last Ref\n"
           "10.8.0.2,Smith, John,10.99.1.2:38795,2026-11-21 03:33:40\n"
           "GLOBAL STATS\nMax bcast/mcast queue length,8\nEND\n";
  }
  static std::string version23(char separator) {
    std::string text =
        "TITLE|OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)]\nTIME|2026-11-21 03:34:09|1795232049\n"
        "HEADER|CLIENT_LIST|Common Name|Real Address|Virtual Address|Virtual IPv6 Address|Bytes Received|Bytes "
        "Sent|Connected Since|Connected Since (time_t)|Username|Client ID|Peer ID|Data Channel Cipher\n"
        "CLIENT_LIST|Smith, John|10.99.1.2:38795|10.8.0.2||2468|2459|2026-11-21 "
        "03:33:40|1795232020|UNDEF|0|0|AES-256-GCM\n"
        "HEADER|ROUTING_TABLE|Virtual Address|Common Name|Real Address|Last Ref|Last Ref (time_t)\n"
        "ROUTING_TABLE|10.8.0.2|Smith, John|10.99.1.2:38795|2026-11-21 03:33:40|1795232020\n"
        "GLOBAL_STATS|Max bcast/mcast queue length|8\nEND\n";
    std::ranges::replace(text, '|', separator);
    return text;
  }

  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
  std::string path;
  base::ManualClock clock;
  Facts facts;
  std::exception_ptr failure;
};

}  // namespace

TEST_F(StatusFileSourceTest, GivesTheSameSessionsFromEveryVersion) {
  std::set<std::string> seen;
  for (const auto& text : {version1(), version23(','), version23('\t')}) {
    facts = {};
    write(text);
    run_until([&] { return facts.server.state == model::ServerState::up; });
    ASSERT_EQ(facts.peers.size(), 1U) << text;
    const auto& peer = facts.peers.begin()->second;
    const auto& moved = facts.counters.begin()->second;
    seen.insert(peer.user + "|" + peer.real->to_text() + "|" + peer.virtual_address->to_string() + "|" +
                std::to_string(base::to_unix_seconds(peer.connected_at)) + "|" + std::to_string(moved.rx_bytes) + "|" +
                std::to_string(moved.tx_bytes));
  }
  EXPECT_THAT(seen, testing::ElementsAre("Smith, John|10.99.1.2:38795|10.8.0.2|1795232020|2468|2459"));
  EXPECT_EQ(facts.server.version, "2.6.14");
  EXPECT_EQ(facts.server.last_snapshot_at, made);
}

TEST_F(StatusFileSourceTest, ATornFileKeepsTheRowsAndEndsNothing) {
  auto text = version23('\t');
  write(text.substr(0, text.find("GLOBAL_STATS")));
  run_until([&] { return !facts.server.health.empty(); });
  EXPECT_EQ(facts.peers.size(), 1U);
  EXPECT_TRUE(facts.listings.empty()) << "absence means nothing here";
  EXPECT_EQ(facts.server.state, model::ServerState::stale);
  EXPECT_THAT(facts.server.health, HasSubstr("cannot be trusted"));
}

TEST_F(StatusFileSourceTest, AFileThatIsNotWrittenAnyMoreIsLateAndThenOver) {
  write(version23('\t'));
  clock.set(made + base::Seconds{200});
  run_until([&] { return facts.server.state == model::ServerState::stale; });
  EXPECT_EQ(facts.server.state, model::ServerState::stale);
  EXPECT_TRUE(facts.ended.empty());
  EXPECT_THAT(facts.server.health, HasSubstr("last written 3 min ago"));
  facts = {};
  clock.set(made + base::Seconds{3'000});
  run_until([&] { return facts.server.state == model::ServerState::down; });
  ASSERT_EQ(facts.ended.size(), 1U) << "the last clients stay in a file that its server left behind";
  EXPECT_EQ(facts.ended.begin()->second, model::EndReason::timeout);
}

TEST_F(StatusFileSourceTest, SaysWhyAFileCannotBeUsed) {
  write("");
  run_until([&] { return !facts.server.health.empty(); });
  EXPECT_THAT(facts.server.health, HasSubstr("511 bytes"));
  std::filesystem::remove(path);
  facts = {};
  run_until([] { return false; });
  ASSERT_TRUE(failure);
  try {
    std::rethrow_exception(failure);
  } catch (const base::Failure& thrown) {
    EXPECT_THAT(thrown.error().message, HasSubstr("needs `status " + path + "`"));
  }
}

TEST_F(StatusFileSourceTest, SaysThatItCannotEndSessions) {
  write(version23('\t'));
  run_until([&] { return facts.outcome.has_value(); });
  ASSERT_TRUE(facts.outcome);
  EXPECT_FALSE(facts.outcome->ok);
  EXPECT_EQ(facts.outcome->command, 7U);
  EXPECT_THAT(facts.outcome->text, HasSubstr("management interface"));
}

TEST(StatusFreshness, LearnsTheServersInterval) {
  StatusFreshness freshness;
  EXPECT_FALSE(freshness.late(made));
  freshness.note(made);
  EXPECT_FALSE(freshness.late(made + base::Seconds{180}));
  for (int i = 1; i <= 3; ++i) freshness.note(made + base::Seconds{10 * i});
  EXPECT_EQ(freshness.interval(), base::Seconds{10});
  EXPECT_TRUE(freshness.late(made + base::Seconds{70}));
  EXPECT_FALSE(freshness.over(made + base::Seconds{140}));
  EXPECT_TRUE(freshness.over(made + base::Seconds{160}));
  freshness.note(made + base::Seconds{5'000});
  EXPECT_EQ(freshness.interval(), base::Seconds{10}) << "a gap is no interval";
}

}  // namespace davylamp::openvpn
