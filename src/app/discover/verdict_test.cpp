#include "app/discover/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

openvpn::ServerConfig read(const std::string& text) {
  return openvpn::read_server_config(openvpn::lex_config(text), "/etc/openvpn",
                                     [](const std::string&) { return std::nullopt; });
}
FoundServer judged(const std::string& text, bool running = true) {
  Sighting sighting{"udp", std::nullopt, false};
  if (running) sighting.process_id = 77;
  return judge(sighting, read("server 10.8.0.0 255.255.255.0\n" + text));
}

TEST(OpenvpnVerdict, ASocketOrAPortIsUsable) {
  const auto socket = judged("management /run/a.sock unix\nlocal 8.8.4.4\n");
  EXPECT_TRUE(socket.usable);
  EXPECT_EQ(socket.management, "/run/a.sock");
  EXPECT_EQ(socket.address, "8.8.4.4");
  EXPECT_THAT(socket.notes, IsEmpty());
  EXPECT_EQ(judged("management localhost 7505 /etc/pw\n").management, "127.0.0.1:7505");
  EXPECT_EQ(judged("management localhost 7505 /etc/pw\n").password_file, "/etc/pw");
  EXPECT_EQ(judged("management ::1 7505\n").management, "[::1]:7505");
  EXPECT_THAT(judged("management 127.0.0.1 7505\n").notes, ElementsAre(HasSubstr("no password")));
  EXPECT_THAT(judged("management /run/a.sock unix\n", false).sentence, HasSubstr("not running now"));
}

TEST(OpenvpnVerdict, WithoutManagementItNamesTheLineToAdd) {
  const auto found = judged("status /var/log/openvpn/status.log\n");
  EXPECT_FALSE(found.usable);
  EXPECT_EQ(found.add_line, "management /run/openvpn/udp.sock unix");
  EXPECT_THAT(found.sentence, HasSubstr("restart it"));
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("decode openvpn-status /var/log/openvpn/status.log")));
}

TEST(OpenvpnVerdict, WhatWouldHarmIsSaidAndNotUsed) {
  const std::string socket = "management /run/a.sock unix\n";
  EXPECT_THAT(judged(socket + "management-client-auth\n").sentence, HasSubstr("approve every login"));
  EXPECT_FALSE(judged(socket + "management-client-auth\n").usable);
  EXPECT_FALSE(judged(socket + "management-signal\n").usable);
  EXPECT_FALSE(judged(socket + "management-client\n").usable);
  EXPECT_FALSE(judged("management tunnel 7505\n").usable);
  EXPECT_FALSE(judged("management 127.0.0.1 7505 stdin\n").usable);
}

TEST(OpenvpnVerdict, HoldAndRestrictionsAreNotes) {
  const auto found = judged("management /run/a.sock unix\nmanagement-hold\nmanagement-client-user vpnadmin\n");
  EXPECT_TRUE(found.usable);
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("management-hold"), HasSubstr("only the user vpnadmin")));
}

TEST(OpenvpnVerdict, APortInAnotherNetworkNamespaceIsOutOfReach) {
  const Sighting elsewhere{"udp", 5, true};
  EXPECT_FALSE(judge(elsewhere, read("server 10.8.0.0 255.255.255.0\nmanagement 127.0.0.1 7505\n")).usable);
  EXPECT_TRUE(judge(elsewhere, read("server 10.8.0.0 255.255.255.0\nmanagement /run/a.sock unix\n")).usable);
}

}  // namespace
}  // namespace davylamp::app
