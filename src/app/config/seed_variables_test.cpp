#include "app/config/seed_variables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ConfigReading read(std::string_view text, const Environment& environment) {
  return read_config(text, "davylamp.toml", environment);
}

TEST(SeedVariables, ASocketMakesAServer) {
  const auto reading = read("", {{"OPENVPN_UDS_SOCKET", "/run/openvpn/ovpn-mgmt.sock"},
                                 {"BYTECOUNT_INTERVAL", "5"},
                                 {"RECONCILE_INTERVAL", "300"},
                                 {"DB_FLUSH_INTERVAL", "30"},
                                 {"QUOTA_BUFFER_BYTES", "20971520"},
                                 {"MAX_LOG_SIZE", "5000000"}});
  ASSERT_THAT(reading.problems, IsEmpty());
  ASSERT_EQ(reading.config.source.openvpn.size(), 1U);
  const auto& server = reading.config.source.openvpn[0];
  EXPECT_EQ(server.name, "openvpn");
  EXPECT_EQ(server.management, "/run/openvpn/ovpn-mgmt.sock");
  EXPECT_EQ(server.bytecount_seconds, 5U);
  EXPECT_EQ(server.poll_seconds, 60.0);
  EXPECT_EQ(reading.config.store.commit_seconds, 30.0);
  EXPECT_EQ(reading.config.quota.buffer_bytes, 20'971'520U);
  EXPECT_EQ(reading.config.log.max_bytes, 5'000'000U);
  ASSERT_EQ(reading.notes.size(), 6U);
  EXPECT_THAT(reading.notes[0], HasSubstr("OPENVPN_UDS_SOCKET sets source.openvpn[].management"));
  EXPECT_THAT(reading.notes[2], AllOf(HasSubstr("RECONCILE_INTERVAL"), HasSubstr("to 60, the most there is")));
}

TEST(SeedVariables, AStatusFileMakesAServerWithItsZone) {
  const auto reading =
      read("", {{"OPENVPN_STATUS_LOG", "/var/log/openvpn/status.log"}, {"OPENVPN_MONITOR_TZ", "Europe/Bucharest"}});
  ASSERT_THAT(reading.problems, IsEmpty());
  ASSERT_EQ(reading.config.source.openvpn.size(), 1U);
  EXPECT_EQ(reading.config.source.openvpn[0].status_file, "/var/log/openvpn/status.log");
  EXPECT_EQ(reading.config.source.openvpn[0].status_zone, "Europe/Bucharest");
}

TEST(SeedVariables, FileAndOwnVariablesWin) {
  const auto reading = read("[store]\ncommit_seconds = 2\n[[source.openvpn]]\nname = \"a\"\nmanagement = \"/a\"\n",
                            {{"DB_FLUSH_INTERVAL", "30"},
                             {"OPENVPN_UDS_SOCKET", "/b"},
                             {"MONITOR_INTERVAL", "45"},
                             {"MAX_LOG_SIZE", "5000000"},
                             {"DAVYLAMP__LOG__MAX_BYTES", "7000000"}});
  ASSERT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.store.commit_seconds, 2.0);
  EXPECT_EQ(reading.config.log.max_bytes, 7'000'000U);
  ASSERT_EQ(reading.config.source.openvpn.size(), 1U);
  EXPECT_EQ(reading.config.source.openvpn[0].management, "/a");
  EXPECT_EQ(reading.config.source.openvpn[0].poll_seconds, 45.0);
  EXPECT_THAT(reading.notes,
              ElementsAre(HasSubstr("OPENVPN_UDS_SOCKET sets nothing"), HasSubstr("MONITOR_INTERVAL sets"),
                          HasSubstr("DB_FLUSH_INTERVAL sets nothing"), HasSubstr("MAX_LOG_SIZE sets nothing")));
}

TEST(SeedVariables, ABadValueIsAProblemThatNamesVariableAndKey) {
  EXPECT_THAT(read("", {{"DB_FLUSH_INTERVAL", "30s"}}).problems,
              ElementsAre(AllOf(HasSubstr("the variable DB_FLUSH_INTERVAL: \"30s\" is not a whole number of seconds"),
                                HasSubstr("store.commit_seconds"))));
  EXPECT_THAT(read("", {{"DB_FLUSH_INTERVAL", "0"}}).problems,
              ElementsAre(HasSubstr("the variable DB_FLUSH_INTERVAL: store.commit_seconds: must be between")));
  EXPECT_THAT(read("", {{"OPENVPN_UDS_SOCKET", "relative.sock"}}).problems,
              ElementsAre(HasSubstr("the variable OPENVPN_UDS_SOCKET: source.openvpn[0].management: ")));
  EXPECT_THAT(read("", {{"OPENVPN_STATUS_LOG", "/s"}, {"OPENVPN_MONITOR_TZ", "Mars/Base 1"}}).problems,
              ElementsAre(HasSubstr("the variable OPENVPN_MONITOR_TZ: source.openvpn[0].status_zone: ")));
}

TEST(SeedVariables, WhatHasNoCounterpartIsSaidInWords) {
  EXPECT_THAT(read("", {{"OPENVPN_HISTORY_LOG", "/app/data/session_history.json"}}).notes,
              ElementsAre(AllOf(HasSubstr("no counterpart"), HasSubstr("davylamp import"))));
}

TEST(SeedVariables, EmptyOnesAreAsIfUnset) {
  const auto reading = read("", {{"OPENVPN_UDS_SOCKET", ""}, {"MAX_LOG_SIZE", ""}});
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_THAT(reading.notes, IsEmpty());
  EXPECT_THAT(reading.config.source.openvpn, IsEmpty());
}

TEST(SeedVariables, AFileThatMakesNoSenseStaysTheOnlyProblem) {
  EXPECT_THAT(read("source = 3\n", {{"BYTECOUNT_INTERVAL", "5"}}).problems,
              ElementsAre(HasSubstr("davylamp.toml:1: source")));
}

TEST(SeedVariables, ABotAndAChatMakeAChannelAndTheTokenStaysWhereItIs) {
  const auto reading = read("", {{"TELEGRAM_BOT_TOKEN", "123:secret"}, {"TELEGRAM_CHAT_ID", "-100200300"}});
  ASSERT_THAT(reading.problems, IsEmpty());
  ASSERT_EQ(reading.config.notify.telegram.size(), 1U);
  const auto& channel = reading.config.notify.telegram[0];
  EXPECT_EQ(channel.token_file, "env:TELEGRAM_BOT_TOKEN");
  EXPECT_THAT(channel.chats, ElementsAre("-100200300"));
  EXPECT_THAT(to_toml(reading.config), testing::Not(HasSubstr("secret\"")));
  for (const auto& note : reading.notes) EXPECT_THAT(note, testing::Not(HasSubstr("123:")));
}

TEST(SeedVariables, AChatWithoutABotMakesNothing) {
  const auto reading = read("", {{"TELEGRAM_CHAT_ID", "1"}});
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_THAT(reading.config.notify.telegram, IsEmpty());
}

TEST(SeedVariables, WhatVpnSentinelsServerHad) {
  const auto reading = read("", {{"VPN_SENTINEL_API_KEY", "0123456789abcdef0123456789abcdef"},
                                 {"VPN_SENTINEL_SERVER_ALLOWED_IPS", "192.168.1.0/24, 10.0.0.0/8"}});
  ASSERT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(reading.config.hub.shared_key_file, "env:VPN_SENTINEL_API_KEY") << "the key itself is nowhere";
  EXPECT_THAT(reading.config.hub.allow, ElementsAre("192.168.1.0/24", "10.0.0.0/8"));
}

}  // namespace
}  // namespace davylamp::app
