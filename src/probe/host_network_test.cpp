#include "probe/host_network.hpp"

#include <gtest/gtest.h>

#include "io/testing/two_hosts.hpp"

namespace davylamp::probe {
namespace {

HostLink link(int index, const std::string& name, const std::string& kind, bool up = true) {
  return {.index = index, .name = name, .kind = kind, .up = up, .received_bytes = 100, .sent_bytes = 7};
}

TEST(ChooseTunnel, TheOneThatLeadsToTheInternet) {
  const HostNetwork network{{link(1, "lo", ""), link(2, "tun0", "tun"), link(3, "office", "wireguard")}, 3, {}};
  EXPECT_EQ(choose_tunnel(network, {})->name, "office");
}

TEST(ChooseTunnel, ElseOneThatIsUp) {
  const HostNetwork network{{link(2, "tun0", "tun", false), link(3, "wg0", ""), link(4, "eth0", "veth")}, 4, {}};
  EXPECT_EQ(choose_tunnel(network, {})->name, "wg0");
}

TEST(ChooseTunnel, TheOneThatWasWantedWhateverItIs) {
  const HostNetwork network{{link(2, "tun0", "tun"), link(4, "eth0", "veth")}, 2, {}};
  EXPECT_EQ(choose_tunnel(network, "eth0")->name, "eth0");
  EXPECT_EQ(choose_tunnel(network, "tun9"), nullptr);
  EXPECT_EQ(choose_tunnel({{link(4, "eth0", "veth")}, 4, {}}, {}), nullptr);
}

TEST(ReportLink, BytesAreSeenFromTheVpnServer) {
  const auto report = report_link({{link(2, "tun0", "tun"), link(4, "eth0", "veth")}, 2, 4}, {});
  EXPECT_EQ(report.tunnel, "tun0");
  EXPECT_TRUE(report.tunnel_up);
  EXPECT_EQ(report.rx_bytes, 7U);
  EXPECT_EQ(report.tx_bytes, 100U);
  EXPECT_EQ(report.default_v4, "tun0");
  EXPECT_EQ(report.default_v6, "eth0");
}

TEST(ReportLink, AWantedTunnelThatIsGoneIsDown) {
  const auto report = report_link({}, "tun0");
  EXPECT_EQ(report.tunnel, "tun0");
  EXPECT_FALSE(report.tunnel_up);
}

TEST(HostNetworkReader, SeesLinksCountersAndTheWayOut) {
  if (!io::testing::TwoHosts::possible()) GTEST_SKIP() << "needs root and nsenter";
  io::testing::TwoHosts hosts;
  const auto reader = hosts.in_client([] { return make_host_network_reader(); });
  auto network = reader->read();
  EXPECT_FALSE(network.way_v4);
  EXPECT_FALSE(network.way_v6);
  // As OpenVPN does it: two halves instead of a default route.
  hosts.run_in_client(
      "ip tuntap add mode tun name dtun0 && ip addr add 10.8.0.2/24 dev dtun0 && ip link set dtun0 up && "
      "ip route add 0.0.0.0/1 dev dtun0 && ip route add default via 10.77.0.1");
  network = reader->read();
  const auto report = report_link(network, {});
  EXPECT_EQ(report.tunnel, "dtun0");
  EXPECT_TRUE(report.tunnel_up);
  EXPECT_EQ(report.default_v4, "dtun0");
  EXPECT_FALSE(report.default_v6);
}

}  // namespace
}  // namespace davylamp::probe
