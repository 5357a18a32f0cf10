#include "sources/openvpn/peer_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sources/openvpn/management_client.hpp"

namespace davylamp::openvpn {
namespace {

std::string row(std::string_view name, std::string_view since, std::string_view id, std::string_view rx = "100") {
  return "CLIENT_LIST\t" + std::string(name) + "\t198.51.100.7:40000\t10.8.0.2\t\t" + std::string(rx) +
         "\t200\t2026-11-21 03:33:40\t" + std::string(since) + "\tUNDEF\t" + std::string(id) + "\t0\tAES-256-GCM\n";
}
std::string listing(const std::string& rows, std::string_view end = "END\n") {
  return "TITLE\tOpenVPN 2.6.14 x86_64-pc-linux-gnu\nTIME\t2026-11-21 03:34:09\t1795232049\n"
         "HEADER\tCLIENT_LIST\tCommon Name\tReal Address\tVirtual Address\tVirtual IPv6 Address\tBytes Received\tBytes "
         "Sent\t"
         "Connected Since\tConnected Since (time_t)\tUsername\tClient ID\tPeer ID\tData Channel Cipher\n" +
         rows +
         "HEADER\tROUTING_TABLE\tVirtual Address\tCommon Name\tReal Address\tLast Ref\tLast Ref (time_t)\n"
         "GLOBAL_STATS\tMax bcast/mcast queue length\t0\nGLOBAL_STATS\tdco_enabled\t0\n" +
         std::string(end);
}

class PeerTableTest : public testing::Test {
 protected:
  template <class T>
  std::vector<T> told() const {
    std::vector<T> all;
    for (const auto& fact : facts) {
      if (const auto* one = std::get_if<T>(&fact)) all.push_back(*one);
    }
    return all;
  }
  std::vector<model::Fact> facts;
  PeerTable table{[this](model::Fact fact) { facts.push_back(std::move(fact)); }};
};

}  // namespace

TEST_F(PeerTableTest, NamesAPeerByEpochTimeAndClientId) {
  table.begin_epoch(6201, 1'795'232'020);
  table.listing(listing(row("alice", "1795232021", "7")));
  const auto seen = told<model::PeerSeen>();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].peer, "6201-1795232020/1795232021/7");
  EXPECT_EQ(seen[0].counters, (model::Counters{100, 200}));
  EXPECT_EQ(seen[0].facts->user, "alice");
  EXPECT_EQ(seen[0].facts->real->to_text(), "198.51.100.7:40000");
  EXPECT_FALSE(seen[0].facts->username) << "UNDEF is no name";
  ASSERT_EQ(told<model::PeersListed>().size(), 1U);
  EXPECT_EQ(told<model::PeersListed>()[0].count, 1U);
}

TEST_F(PeerTableTest, TellsFactsOnceAndAgainWhenTheyChange) {
  table.begin_epoch(1, 2);
  table.listing(listing(row("alice", "9", "0")));
  table.listing(listing(row("alice", "9", "0", "150")));
  table.listing(listing(row("alice2", "9", "0", "160")));
  const auto seen = told<model::PeerSeen>();
  EXPECT_TRUE(seen[0].facts);
  EXPECT_FALSE(seen[1].facts);
  EXPECT_TRUE(seen[2].facts) << "the name changes in mid-session with username-as-common-name";
  EXPECT_EQ(seen[2].peer, seen[0].peer);
}

TEST_F(PeerTableTest, ClientIdsThatStartAgainAreOtherPeers) {
  table.begin_epoch(1, 100);
  table.listing(listing(row("alice", "101", "0")));
  table.begin_epoch(1, 200);
  table.bytes({0, 999'999, 999'999});
  table.listing(listing(row("smith", "201", "0")));
  const auto seen = told<model::PeerSeen>();
  ASSERT_EQ(seen.size(), 2U) << "bytes of a client id that was not listed in this epoch belong to nobody yet";
  EXPECT_NE(seen[0].peer, seen[1].peer);
  EXPECT_EQ(told<model::EpochStarted>().size(), 2U);
}

TEST_F(PeerTableTest, TheSameEpochIsNotToldTwice) {
  table.begin_epoch(1, 100);
  table.begin_epoch(1, 100);
  EXPECT_EQ(told<model::EpochStarted>().size(), 1U);
}

TEST_F(PeerTableTest, AListingWithoutEndProvesNoAbsence) {
  table.begin_epoch(1, 2);
  const auto report = table.listing(listing(row("alice", "9", "0"), ""));
  EXPECT_FALSE(report.complete);
  EXPECT_EQ(told<model::PeerSeen>().size(), 1U);
  EXPECT_TRUE(told<model::PeersListed>().empty());
}

TEST_F(PeerTableTest, HandshakesAreNoSessions) {
  table.begin_epoch(1, 2);
  const auto report = table.listing(listing(
      "CLIENT_LIST\tUNDEF\t198.51.100.9:1\t\t\t343\t1371\t2026-11-21 03:33:40\t1795232021\tUNDEF\t7\t0\tBF-CBC\n"));
  EXPECT_EQ(report.sessions, 0U);
  EXPECT_EQ(report.waiting, 1U);
  EXPECT_TRUE(told<model::PeerSeen>().empty());
}

TEST_F(PeerTableTest, KnowsTheClientProgramFromItsEnvironment) {
  table.begin_epoch(1, 2);
  const EnvironmentEntry entries[] = {{"IV_VER", "2.6.14"}, {"IV_PLAT", "linux"}, {"proto_1", "udp6"}};
  table.established({.kind = ClientEventKind::established, .client_id = 7, .key_id = {}, .environment = entries});
  table.listing(listing(row("alice", "9", "7")));
  const auto seen = told<model::PeerSeen>();
  EXPECT_EQ(seen.at(0).facts->client_version, "2.6.14");
  EXPECT_EQ(seen.at(0).facts->transport, "udp");
}

TEST(ManagementAddressTest, TakesPathsAndNumericHosts) {
  EXPECT_EQ(ManagementAddress::parse("/run/openvpn/a.sock").value().to_text(), "/run/openvpn/a.sock");
  EXPECT_EQ(ManagementAddress::parse("127.0.0.1:7505").value().to_text(), "127.0.0.1:7505");
  EXPECT_EQ(ManagementAddress::parse("[::1]:7505").value().to_text(), "[::1]:7505");
  for (const auto* bad : {"", "localhost:7505", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "run/a.sock"}) {
    EXPECT_FALSE(ManagementAddress::parse(bad)) << bad;
  }
  EXPECT_FALSE(ManagementAddress::parse("/" + std::string(200, 'x')));
}

}  // namespace davylamp::openvpn
