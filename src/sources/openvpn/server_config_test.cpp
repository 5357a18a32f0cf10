#include "sources/openvpn/server_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace davylamp::openvpn {
namespace {

using testing::Contains;

ServerConfig read(const std::string& text) {
  return read_server_config(lex_config(text), "/etc/openvpn", [](const std::string&) { return std::nullopt; });
}

TEST(OpenvpnServerConfig, TellsServersFromClients) {
  EXPECT_TRUE(read("server 10.8.0.0 255.255.255.0").server);
  EXPECT_TRUE(read("mode server\ntls-server").server);
  EXPECT_TRUE(read("server-bridge").server);
  EXPECT_FALSE(read("client\nremote vpn.example.org").server);
  EXPECT_FALSE(read("dev tun\nifconfig 10.0.0.1 10.0.0.2\nsecret s.key").server);
}

TEST(OpenvpnServerConfig, MakesPathsAbsoluteAndFollowsCd) {
  const auto config = read(
      "management run/a.sock unix pw\nstatus s.log\ncd sub\nstatus t.log 5\nstatus-version 3\nproto tcp6-server\n");
  EXPECT_EQ(config.management->target, "/etc/openvpn/run/a.sock");
  EXPECT_EQ(config.management->password_file, "/etc/openvpn/pw");
  EXPECT_EQ(config.status_file, "/etc/openvpn/sub/t.log");
  EXPECT_EQ(config.transport(), "tcp");
}

TEST(OpenvpnServerConfig, FollowsIncludesAndStopsAtALoop) {
  const std::map<std::string, std::string> files{
      {"/etc/openvpn/a.conf", "config b.conf\nconfig gone.conf\n"},
      {"/etc/openvpn/b.conf", "server 10.8.0.0 255.255.255.0\nconfig a.conf\n"}};
  const auto config = read_server_config({{0, {"config", "a.conf"}, ""}}, "/etc/openvpn",
                                         [&](const std::string& path) -> std::optional<std::string> {
                                           const auto found = files.find(path);
                                           if (found == files.end()) return std::nullopt;
                                           return found->second;
                                         });
  EXPECT_TRUE(config.server);
  EXPECT_EQ(config.files.front(), "/etc/openvpn/a.conf");
  EXPECT_THAT(config.unreadable, Contains("/etc/openvpn/gone.conf"));
}

}  // namespace
}  // namespace davylamp::openvpn
