#include "sources/openvpn/hook_inbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace davylamp::openvpn {
namespace {

using Origin = HookInbox::Origin;

const std::string client =
    "\tcommon_name=anna.berg\ttime_unix=1795000000\ttrusted_ip=192.0.2.7\ttrusted_port=1194"
    "\tifconfig_pool_remote_ip=10.8.0.2\tdaemon_pid=99";
const std::string left =
    "davylamp1\tdisconnected" + client +
    "\tbytes_received=100000\tbytes_sent=200000\ttime_duration=60\tat_ms=1795000060500\tproto_1=udp6\tIV_VER=2.6.14"
    "\tIV_PLAT=linux";
const std::string refused = "davylamp1\trefused" + client + "\twhy=quota\tat_ms=1795000000100";
const std::string accepted = "davylamp1\taccepted" + client + "\tat_ms=1795000000100";
const std::string left_at_once =
    "davylamp1\tdisconnected" + client + "\tbytes_received=2125\tbytes_sent=1873\ttime_duration=0\tat_ms=1795000000110";

class HookInboxTest : public ::testing::Test {
 protected:
  void take(std::string line, Origin origin = Origin::datagram) { inbox.take(line, origin); }
  std::vector<model::Fact> facts;
  HookInbox inbox{[this](model::Fact fact) { facts.push_back(std::move(fact)); }};
};

TEST_F(HookInboxTest, TellsTheLastWord) {
  take(left);
  ASSERT_EQ(facts.size(), 1U);
  const auto& final = std::get<model::PeerFinal>(facts[0]);
  EXPECT_EQ(final.counters, (model::Counters{100'000, 200'000}));
  EXPECT_EQ(final.facts.connected_at, base::from_unix_seconds(1'795'000'000));
  EXPECT_EQ(final.ended_at, base::from_unix_seconds(1'795'000'060));
  EXPECT_EQ(final.facts.user, "anna.berg");
  EXPECT_EQ(final.facts.common_name, "anna.berg");
  EXPECT_EQ(final.facts.username, std::nullopt);
  EXPECT_EQ(final.facts.real->to_text(), "192.0.2.7:1194");
  EXPECT_EQ(final.facts.virtual_address->to_string(), "10.8.0.2");
  EXPECT_EQ(final.facts.transport, "udp");
  EXPECT_EQ(final.facts.client_version, "2.6.14");
  EXPECT_EQ(final.facts.platform, "linux");
}

TEST_F(HookInboxTest, TheUsernameIsTheUser) {
  take(left + "\tusername=Zoë 你好");
  EXPECT_EQ(std::get<model::PeerFinal>(facts.at(0)).facts.user, "Zoë 你好");
}

TEST_F(HookInboxTest, ALineCountsOnceHoweverOftenItComes) {
  take(left);
  take(left, Origin::spool);
  take(refused);
  take(refused, Origin::spool);
  EXPECT_EQ(facts.size(), 2U);
  EXPECT_EQ(inbox.stats().messages, 2U);
}

TEST_F(HookInboxTest, ARefusalIsTold) {
  take(refused);
  const auto& refusal = std::get<model::LoginRefused>(facts.at(0));
  EXPECT_EQ(refusal.user, "anna.berg");
  EXPECT_EQ(refusal.why, "quota");
  EXPECT_EQ(refusal.real->to_text(), "192.0.2.7:1194");
}

TEST_F(HookInboxTest, ARefusedClientIsNoSession) {
  take(refused);
  take(left_at_once);
  EXPECT_EQ(facts.size(), 1U);
  EXPECT_EQ(inbox.stats().not_sessions, 1U);
}

TEST_F(HookInboxTest, AnEarlierRunHasToldTheRefusalButMayNotHaveStoredTheLastWord) {
  take(refused, Origin::again);
  take(left_at_once, Origin::again);
  EXPECT_TRUE(facts.empty());
  take(left, Origin::again);
  EXPECT_TRUE(facts.empty()) << "the same client: it was refused";
  std::string other = left;
  other.replace(other.find("anna"), 4, "emma");
  take(other, Origin::again);
  EXPECT_EQ(facts.size(), 1U);
}

TEST_F(HookInboxTest, AClientThatAnotherRuleKeepsOutIsNoSession) {
  take(left_at_once);
  EXPECT_TRUE(facts.empty());
  EXPECT_EQ(inbox.stats().not_sessions, 1U);
}

TEST_F(HookInboxTest, ASessionThatWasLetInIsOneHoweverShort) {
  take(accepted, Origin::again);
  take(left_at_once, Origin::spool);
  EXPECT_EQ(facts.size(), 1U);
}

TEST_F(HookInboxTest, AQuietSessionFromBeforeIsOne) {
  std::string line = left_at_once;
  take(line.replace(line.find("time_duration=0"), 15, "time_duration=61"));
  EXPECT_EQ(facts.size(), 1U);
}

TEST_F(HookInboxTest, WithoutVirtualAddressOnlyABridgedClientIsASession) {
  std::string line = left;
  const std::string address = "\tifconfig_pool_remote_ip=10.8.0.2";
  line.erase(line.find(address), address.size());
  take(line + "\tdev_type=tun");
  EXPECT_TRUE(facts.empty());
  take(line + "\tdev_type=tap");
  EXPECT_EQ(facts.size(), 1U);
}

TEST_F(HookInboxTest, CountsWhatItCannotRead) {
  for (const char* line : {"", "garbage", "davylamp2\tdisconnected", "davylamp1\tdisconnected\tcommon_name=anna",
                           "davylamp1\tdisconnected\ttime_unix=x\tbytes_received=1\tbytes_sent=1"}) {
    take(line);
  }
  take("davylamp1\tdisconnected\ttime_unix=18446744073709551615\tbytes_received=1\tbytes_sent=1\tdev_type=tap");
  take("davylamp1\tdisconnected\ttime_unix=1\tbytes_received=99999999999999999999\tbytes_sent=1\tdev_type=tap");
  EXPECT_TRUE(facts.empty());
  EXPECT_EQ(inbox.stats().undecodable, 7U);
}

TEST_F(HookInboxTest, AnEmptyLineOfTheSpoolIsAMessageThatDidNotFit) {
  take("", Origin::spool);
  EXPECT_EQ(inbox.stats().spool_dropped, 1U);
}

TEST_F(HookInboxTest, FindsTheLineBehindATornOne) {
  take(left.substr(0, 60) + left, Origin::spool);
  EXPECT_EQ(facts.size(), 1U);
  EXPECT_EQ(inbox.stats().undecodable, 1U);
}

TEST_F(HookInboxTest, ADualStackServerWithSeveralSocketsDoesNotKnowTheTransport) {
  take(left + "\tproto_2=tcp6-server");
  EXPECT_EQ(std::get<model::PeerFinal>(facts.at(0)).facts.transport, "");
}

}  // namespace
}  // namespace davylamp::openvpn
