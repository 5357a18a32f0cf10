#include "witness/interfaces/interface_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "base/result.hpp"
#include "contract/testing/witness_scene.hpp"
#include "io/testing/two_hosts.hpp"
#include "witness/interfaces/link_messages.hpp"

namespace davylamp::interfaces {
namespace {

using contract::testing::TwoHosts;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

TEST(InterfaceNames, StarsStandForAnything) {
  EXPECT_TRUE(name_matches("tun0", "tun0"));
  EXPECT_FALSE(name_matches("tun0", "tun01"));
  EXPECT_TRUE(name_matches("ppp*", "ppp"));
  EXPECT_TRUE(name_matches("ppp*", "ppp12"));
  EXPECT_FALSE(name_matches("ppp*", "xppp1"));
  EXPECT_TRUE(name_matches("*", "eth0"));
  EXPECT_TRUE(name_matches("t*n*0", "tunnel10"));
  EXPECT_FALSE(name_matches("t*n*0", "tunnel11"));
  EXPECT_FALSE(name_matches("", "eth0"));
}

TEST(LinkMessages, WhatIsNoInterfaceIsNothing) {
  EXPECT_FALSE(read_link({}));
  EXPECT_FALSE(read_link(std::vector<std::byte>(16)));
  model::InterfaceFacts facts;
  EXPECT_FALSE(read_stats(std::vector<std::byte>(11), facts));
  EXPECT_FALSE(read_stats(std::vector<std::byte>(12), facts));
}

class Interfaces : public testing::Test {
 protected:
  void SetUp() override {
    if (!TwoHosts::possible()) GTEST_SKIP() << "network namespaces cannot be made here";
    hosts.emplace();
  }
  std::vector<model::InterfaceFacts> read(const std::vector<std::string>& patterns) {
    return hosts->in_server([&] { return reader->read(patterns); });
  }
  model::InterfaceFacts one(const std::string& name) {
    const auto all = read({name});
    return all.size() == 1 ? all[0] : model::InterfaceFacts{};
  }
  std::optional<TwoHosts> hosts;
  std::unique_ptr<InterfaceReader> reader = make_interface_reader();
};

TEST_F(Interfaces, TotalsAreTheKernelsOwn) {
  const contract::testing::UdpService service(*hosts, 1194);
  const auto client = contract::testing::client_socket(*hosts, SOCK_DGRAM, "10.77.0.2", 1194);
  service.exchange(client, {});  // what neighbours ask each other is over
  const auto before = one("s0");
  EXPECT_EQ(before.kind, "veth");
  EXPECT_TRUE(before.up);
  service.exchange(client, {.up = 10, .up_bytes = 1000, .down = 4, .down_bytes = 500});
  // Neighbours ask each other again and again: the kernel's number before and after ours.
  const auto kernels = [&] {
    return std::stoull(hosts->run_in_server("cat /proc/net/dev | grep s0 | tr -s ' :' ' ' | cut -d' ' -f3"));
  };
  const auto least = kernels();
  const auto after = one("s0");
  const auto most = kernels();
  EXPECT_GE(after.rx_bytes - before.rx_bytes, 10 * (1000 + 42U));
  EXPECT_GE(after.tx_packets - before.tx_packets, 4U);
  EXPECT_GE(after.rx_bytes, least);
  EXPECT_LE(after.rx_bytes, most);
  EXPECT_LE(most - least, 5'000U);
}

TEST_F(Interfaces, ThoseThatComeAndGoAreFollowed) {
  EXPECT_THAT(read({"tun*", "ppp*"}), IsEmpty());
  hosts->run_in_server("ip tuntap add dev tun1 mode tun; ip tuntap add dev tun0 mode tun; ip link set tun0 up");
  const auto names = [&] {
    std::vector<std::string> all;
    for (const auto& facts : read({"tun*", "s0"})) all.push_back(facts.name);
    return all;
  };
  EXPECT_THAT(names(), ElementsAre("s0", "tun0", "tun1"));
  EXPECT_EQ(one("tun0").kind, "tun");
  EXPECT_TRUE(one("tun0").up);
  EXPECT_FALSE(one("tun1").up);
  hosts->run_in_server("ip link del tun0");
  EXPECT_THAT(names(), ElementsAre("s0", "tun1"));
}

TEST_F(Interfaces, OneThatWasMadeAnewCountsFromNothing) {
  hosts->run_in_server(
      "ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; "
      "ip addr add 10.9.9.1/24 dev v0; ip neigh add 10.9.9.2 lladdr 02:00:00:00:00:01 dev v0; "
      "ping -q -c 2 -i 0.01 -w 1 10.9.9.2 >/dev/null 2>&1 || true");
  EXPECT_GT(one("v0").tx_bytes, 0U);
  hosts->run_in_server("ip link del v0; ip link add v0 type veth peer name v1");
  EXPECT_EQ(one("v0").tx_bytes, 0U);
  EXPECT_FALSE(one("v0").up);
}

TEST_F(Interfaces, APortOfABridgeStaysAnInterface) {
  EXPECT_EQ(one("s0").name, "s0");
  hosts->run_in_server("ip link add b0 type bridge; ip link set s0 master b0; ip link set s0 nomaster");
  EXPECT_EQ(one("s0").kind, "veth");
  EXPECT_EQ(one("b0").kind, "bridge");
}

TEST_F(Interfaces, MoreChangesThanFitAreHealedByAList) {
  EXPECT_EQ(one("s0").name, "s0");
  hosts->run_in_server("for i in $(seq 1 300); do echo \"link add x$i type veth peer name y$i\"; done | ip -batch -");
  EXPECT_EQ(read({"x*"}).size(), 300U);
}

}  // namespace
}  // namespace davylamp::interfaces
