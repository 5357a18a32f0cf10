#include "app/discover/services.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/config.hpp"
#include "app/discover/known_services.hpp"
#include "app/discover/report.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::app {
namespace {

using model::Protocol;
using sockets::OwnedSocket;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

OwnedSocket listens(Protocol protocol, std::uint16_t port, const std::string& program,
                    const std::string& address = "0.0.0.0") {
  OwnedSocket socket{{protocol, *model::Address::parse(address), port, 1, 0}, std::nullopt};
  if (!program.empty()) socket.program = {program, 812, program + ".service"};
  return socket;
}

TEST(KnownServices, VersionsAndPlatformsAreTheSameProgram) {
  EXPECT_EQ(known_program("xray")->name, "xray");
  EXPECT_EQ(known_program("Xray-linux-64")->name, "xray");
  EXPECT_EQ(known_program("hysteria2")->name, "hysteria");
  EXPECT_EQ(known_program("trojan-go")->program, "trojan-go");
  EXPECT_EQ(known_program("tor")->name, "tor");
  for (const char* other : {"torque", "sshd", "nginx", "conduits", ""})
    EXPECT_EQ(known_program(other), nullptr) << other;
}

TEST(Services, OneProgramIsOneServiceWithAllItsPorts) {
  const auto found =
      judge_services({listens(Protocol::udp, 443, "conduit"), listens(Protocol::udp, 443, "conduit", "::"),
                      listens(Protocol::tcp, 443, "conduit"), listens(Protocol::tcp, 8443, "conduit")},
                     {}, {});
  ASSERT_EQ(found.proposed.size(), 1U);
  EXPECT_EQ(found.proposed[0].name, "conduit");
  EXPECT_THAT(found.proposed[0].udp, ElementsAre(443));
  EXPECT_THAT(found.proposed[0].tcp, ElementsAre(443, 8443));
  EXPECT_EQ(found.proposed[0].unit, "conduit.service");
}

TEST(Services, WhatOnlyThisHostCanReachIsNoService) {
  const auto found = judge_services({listens(Protocol::tcp, 10'085, "xray", "127.0.0.1"),
                                     listens(Protocol::tcp, 443, "xray"), listens(Protocol::tcp, 631, "cupsd", "::1")},
                                    {}, {});
  ASSERT_EQ(found.proposed.size(), 1U);
  EXPECT_THAT(found.proposed[0].tcp, ElementsAre(443));
  EXPECT_THAT(found.others, IsEmpty());
}

TEST(Services, OthersAreToldWithTheLineThatWouldWatchThem) {
  const auto found = judge_services({listens(Protocol::tcp, 22, "sshd"), listens(Protocol::udp, 6000, "")}, {}, {});
  EXPECT_THAT(found.proposed, IsEmpty());
  const auto text = services_text(found);
  EXPECT_THAT(text, HasSubstr("[not recognised] sshd (tcp 22, sshd, process 812, sshd.service)"));
  EXPECT_THAT(text, HasSubstr("to watch it: [[source.watch]] with name = \"sshd\"; tcp = [22]"));
  EXPECT_THAT(text, HasSubstr("whose it is cannot be seen"));
}

TEST(Services, AProgramThatCannotBeSeenIsKnownByItsPort) {
  const auto found = judge_services({listens(Protocol::udp, 500, ""), listens(Protocol::udp, 4500, "")}, {}, {});
  EXPECT_THAT(found.proposed, ElementsAre(Field(&FoundService::name, "ipsec")));
  EXPECT_THAT(found.proposed[0].udp, ElementsAre(500, 4500));
}

TEST(Services, PortsThatChangeAreLookedUpByTheProgram) {
  const auto found =
      judge_services({listens(Protocol::udp, 40'001, "conduit"), listens(Protocol::udp, 50'002, "conduit")}, {}, {});
  EXPECT_EQ(found.proposed.at(0).process, "conduit");
  EXPECT_THAT(services_toml(found), HasSubstr("process = \"conduit\"\n"));
}

TEST(Services, OpenvpnIsLeftToItsOwnDiscovery) {
  const auto found = judge_services({listens(Protocol::udp, 1194, "openvpn")}, {}, {});
  EXPECT_THAT(found.proposed, IsEmpty());
  EXPECT_THAT(found.others, IsEmpty());
}

TEST(Services, TheConfigurationTakesWhatIsProposed) {
  Discovery discovery;
  FoundServer openvpn;
  openvpn.name = "udp";
  openvpn.usable = true;
  openvpn.management = "/run/openvpn/udp.sock";
  openvpn.transport = "udp";
  openvpn.port = "1194";
  discovery.servers.push_back(openvpn);
  discovery.services = judge_services(
      {listens(Protocol::udp, 443, "hysteria"), listens(Protocol::tcp, 1723, "pptpd"),
       listens(Protocol::tcp, 22, "sshd"), listens(Protocol::tcp, 9, "evil\n[[source.openvpn]]\n\x1b[2J"),
       listens(Protocol::udp, 500, "charon")},
      {"wg0"}, {"udp", "hysteria"});
  auto text = discovery_toml(discovery);
  const auto reading = read_config(text, "davylamp.toml", {});
  EXPECT_THAT(reading.problems, IsEmpty()) << text;
  EXPECT_EQ(reading.config.source.openvpn.size(), 1U);
  EXPECT_THAT(reading.config.source.wireguard, ElementsAre(Field(&WireguardConfig::interface, "wg0")));
  EXPECT_THAT(reading.config.source.watch,
              ElementsAre(Field(&WatchConfig::name, "hysteria-2"), Field(&WatchConfig::name, "ipsec"),
                          Field(&WatchConfig::name, "pptp")));
  EXPECT_THAT(reading.config.source.watch[2].interfaces, ElementsAre("ppp*"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));

  // What is commented out is right, too.
  for (const std::string key : {"[[source.watch]]", "name = \"udp-witnesses\"", "server = ", "udp = [1194]"}) {
    const auto at = text.find("# " + key);
    ASSERT_NE(at, std::string::npos) << key;
    text.erase(at, 2);
  }
  const auto again = read_config(text, "davylamp.toml", {});
  EXPECT_THAT(again.problems, IsEmpty()) << text;
  EXPECT_EQ(again.config.source.watch.at(0).server, "udp");
}

TEST(Services, WireguardIsFoundInTheKernelAndBesideIt) {
  base::TemporaryDirectory temporary;
  const std::string root = temporary.path();
  const auto write = [&](const std::string& path, std::string_view text) {
    std::filesystem::create_directories(std::filesystem::path(root + path).parent_path());
    std::ofstream(root + path) << text;
  };
  write("/sys/class/net/wg0/uevent", "DEVTYPE=wireguard\nINTERFACE=wg0\nIFINDEX=4\n");
  write("/sys/class/net/eth0/uevent", "INTERFACE=eth0\nIFINDEX=2\n");
  write("/var/run/wireguard/wg1.sock", "");
  write("/proc/net/tcp",
        "   0: 00000000:20C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0 0 10 "
        "0\n");
  const auto found = find_services(root, {});
  EXPECT_THAT(found.proposed,
              ElementsAre(Field(&FoundService::wireguard_interface, "wg0"),
                          Field(&FoundService::wireguard_interface, "wg1"), Field(&FoundService::name, "shadowsocks")));
}

}  // namespace
}  // namespace davylamp::app
