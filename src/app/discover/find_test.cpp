#include "app/discover/find.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/discover/report.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::app {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

// A host that exists only below a temporary folder.
class Host : public testing::Test {
 protected:
  void write(const std::string& path, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::binary) << text;
  }
  void process(const std::string& id, const std::vector<std::string>& arguments, const std::string& directory) const {
    std::string line;
    for (const auto& argument : arguments) line += argument + '\0';
    write("/proc/" + id + "/cmdline", line);
    std::filesystem::create_symlink(directory, root_ + "/proc/" + id + "/cwd");
  }
  base::TemporaryDirectory temporary_;
  std::string root_ = temporary_.path();
};

constexpr std::string_view serving = "port 1194\nproto udp\nserver 10.8.0.0 255.255.255.0\n";

TEST_F(Host, FindsNothingOnAnEmptyHost) {
  const auto found = find_openvpn_servers(root_);
  EXPECT_TRUE(found.servers.empty());
  EXPECT_FALSE(found_usable(found));
  EXPECT_THAT(discovery_text(found), HasSubstr("No OpenVPN server was found"));
}

TEST_F(Host, ARunningServerAndItsFileAreOne) {
  write("/etc/openvpn/server/udp.conf", std::string(serving) + "management /run/openvpn/udp.sock unix\n");
  process("812", {"/usr/sbin/openvpn", "--status", "/run/s.log", "--config", "udp.conf"}, "/etc/openvpn/server");
  const auto found = find_openvpn_servers(root_);
  ASSERT_EQ(found.servers.size(), 1U);
  EXPECT_EQ(found.servers[0].name, "udp");
  EXPECT_EQ(found.servers[0].process_id, 812U);
  EXPECT_TRUE(found.servers[0].usable);
  EXPECT_EQ(found.servers[0].status_file, "/run/s.log");
  EXPECT_THAT(discovery_toml(found),
              HasSubstr("[[source.openvpn]]\nname = \"udp\"\nmanagement = \"/run/openvpn/udp.sock\"\n"));
}

TEST_F(Host, ClientsAndOtherProgramsAreNeverListed) {
  write("/etc/openvpn/client/home.conf", "client\nremote vpn.example.org\nmanagement /run/c.sock unix\n");
  process("9", {"openvpn", "--client", "--remote", "vpn.example.org"}, "/");
  process("10", {"vim", "--config", "/etc/openvpn/server.conf", "--server", "a"}, "/");
  EXPECT_TRUE(find_openvpn_servers(root_).servers.empty());
}

TEST_F(Host, RunningServersComeFirstAndNamesAreUnique) {
  write("/etc/openvpn/a.conf", serving);
  write("/etc/openvpn/server/a.conf", serving);
  process("7", {"openvpn", "--server", "10.9.0.0", "255.255.255.0", "--port", "443", "--proto", "tcp-server"}, "/");
  const auto found = find_openvpn_servers(root_);
  EXPECT_THAT(found.servers, ElementsAre(Field(&FoundServer::name, "openvpn-443"), Field(&FoundServer::name, "a"),
                                         Field(&FoundServer::name, "a-2")));
  EXPECT_EQ(found.servers[0].transport, "tcp");
}

TEST_F(Host, AnUnreadableConfigurationIsAnObstacleNotASilence) {
  process("7", {"openvpn", "--config", "/etc/openvpn/gone.conf"}, "/");
  const auto found = find_openvpn_servers(root_);
  EXPECT_THAT(found.obstacles, ElementsAre(HasSubstr("/etc/openvpn/gone.conf cannot be read")));
  EXPECT_THAT(discovery_json(found), HasSubstr("\"obstacles\":[\""));
}

TEST_F(Host, ALabThatWasLeftRunningIsNoServerOfThisHost) {
  write("/run/lab/udp.conf", "# Davylamp lab: server \"udp\"\n" + std::string(serving));
  process("7", {"openvpn", "--config", "/run/lab/udp.conf"}, "/");
  const auto found = find_openvpn_servers(root_);
  EXPECT_TRUE(found.servers.empty());
  EXPECT_THAT(found.obstacles, ElementsAre(HasSubstr("left out")));
}

TEST_F(Host, AHostileFileNameCannotForgeALine) {
  write("/etc/openvpn/a\nserver\x1b[2J.conf", std::string(serving) + "management /run/a.sock unix\n");
  const auto found = find_openvpn_servers(root_);
  ASSERT_EQ(found.servers.size(), 1U);
  EXPECT_THAT(discovery_text(found), Not(HasSubstr("\x1b")));
  EXPECT_THAT(discovery_toml(found), HasSubstr("name = \"a\\nserver\\u001b[2J\""));
}

}  // namespace
}  // namespace davylamp::app
