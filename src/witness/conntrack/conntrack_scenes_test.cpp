// NAT, zones, lost events and missing settings, with real packets.
#include <gmock/gmock.h>

#include "contract/testing/witness_run.hpp"
#include "io/netlink.hpp"
#include "io/system_clock.hpp"
#include "witness/conntrack/conntrack_witness.hpp"
#include "witness/conntrack/ctnetlink.hpp"
#include "witness/conntrack/list_request.hpp"

#include <linux/netlink.h>

namespace davylamp::conntrack {
namespace {

using namespace contract::testing;
using ::testing::HasSubstr;

constexpr std::uint16_t service_port = 11940;
constexpr std::uint16_t public_port = 11950;

class ConntrackScene : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!TwoHosts::possible()) GTEST_SKIP() << "network namespaces cannot be made here";
    hosts_.emplace();
    // Nothing is forgotten while a test runs, however slow the machine is.
    on_server(
        "sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1 "
        "net.netfilter.nf_conntrack_udp_timeout=600 net.netfilter.nf_conntrack_udp_timeout_stream=600");
    nft("add table inet t; add chain inet t in { type filter hook input priority 0; }; "
        "add rule inet t in ct state new counter");
  }
  void nft(const std::string& rules) { on_server("nft '" + rules + "'"); }
  void on_server(const std::string& command) { hosts_->run_in_server(command); }
  std::unique_ptr<contract::Witness> witness(contract::WatchedPorts ports, std::size_t event_buffer_bytes = 1 << 20) {
    return make_witness(
        {.ports = std::move(ports), .list_every = base::Milliseconds(100), .event_buffer_bytes = event_buffer_bytes},
        clock_);
  }
  // Runs until that peer has received and sent exactly so many packets of 100 and 200 bytes.
  void expect_flow(contract::Witness& seer, const std::string& peer, std::uint16_t port, std::uint64_t packets) {
    WitnessRun run(*hosts_, seer, sink_);
    EXPECT_TRUE(run.until([&] {
      const auto flow = sink_.flow_of(peer, port);
      return flow && flow->counters && flow->counters->rx_bytes == packets * 128 &&
             flow->counters->tx_bytes == packets * 228;
    })) << peer;
  }
  std::size_t count_listed(const ListFilter& filter) {
    return hosts_->in_server([&] {
      boost::asio::io_context loop;
      io::Netlink netlink(loop.get_executor(), {.protocol = NETLINK_NETFILTER});
      netlink.send(list_request(filter, 7));
      std::size_t listed = 0;
      bool done = false;
      Message message;
      for (int round = 0; round < 10'000 && !done; ++round) {
        netlink.read([&](std::span<const std::byte> rest) {
          while (next_message(rest, message)) {
            EXPECT_EQ(message.error, 0);
            listed += message.kind == MessageKind::listed ? 1 : 0;
            done = done || message.kind == MessageKind::done || message.kind == MessageKind::failed;
          }
        });
      }
      EXPECT_TRUE(done);
      return listed;
    });
  }

  std::optional<TwoHosts> hosts_;
  io::SystemClock clock_;
  RecordingFlowSink sink_;
};

TEST_F(ConntrackScene, ARedirectedPortIsTheServiceByEitherNumber) {
  nft("add chain inet t pre { type nat hook prerouting priority dstnat; }; add rule inet t pre udp dport 11950 "
      "redirect to "
      ":11940");
  const UdpService service(*hosts_, service_port);
  const auto client = client_socket(*hosts_, SOCK_DGRAM, "10.98.9.1", public_port);
  service.exchange(client, {.up = 3, .down = 3});
  expect_flow(*witness({{public_port}, {}, {}}), "10.98.9.1", port_of(client), 3);
  EXPECT_EQ(sink_.flow_of("10.98.9.1", port_of(client))->service_port, public_port);
  sink_ = {};
  expect_flow(*witness({{service_port}, {}, {}}), "10.98.9.1", port_of(client), 3);
  EXPECT_EQ(sink_.flow_of("10.98.9.1", port_of(client))->service_port, service_port);
}

TEST_F(ConntrackScene, APeerBehindSourceNatKeepsItsOwnAddress) {
  nft("add chain inet t hide { type nat hook input priority 100; }; add rule inet t hide ip saddr 10.98.0.0/16 udp "
      "dport "
      "11940 snat ip to 10.77.0.99");
  const UdpService service(*hosts_, service_port);
  const auto client = client_socket(*hosts_, SOCK_DGRAM, "10.98.9.2", service_port);
  service.exchange(client, {.up = 2, .down = 2});
  expect_flow(*witness({{service_port}, {}, {}}), "10.98.9.2", port_of(client), 2);
  EXPECT_EQ(sink_.flows().size(), 1U);
}

TEST_F(ConntrackScene, ZonesAreSeenAndKeptApart) {
  nft("add chain inet t raw { type filter hook prerouting priority raw; }; add rule inet t raw ip saddr 10.98.9.3 ct "
      "zone set "
      "5; add chain inet t out { type filter hook output priority raw; }; add rule inet t out ip daddr 10.98.9.3 ct "
      "zone set 5");
  const UdpService service(*hosts_, service_port);
  const auto zoned = client_socket(*hosts_, SOCK_DGRAM, "10.98.9.3", service_port);
  const auto plain = client_socket(*hosts_, SOCK_DGRAM, "10.98.9.4", service_port);
  service.exchange(zoned, {.up = 4, .down = 4});
  service.exchange(plain, {.up = 1, .down = 1});
  EXPECT_EQ(count_listed({.zone = 5}), 1U);
  const auto seer = witness({{service_port}, {}, {}});
  expect_flow(*seer, "10.98.9.3", port_of(zoned), 4);
  sink_ = {};
  expect_flow(*seer, "10.98.9.4", port_of(plain), 1);
}

TEST_F(ConntrackScene, WhoAnswersFirstIsStillTheService) {
  on_server("conntrack -I -p udp -s 10.77.0.1 -d 10.98.1.1 --sport 11940 --dport 777 -t 100");
  const auto seer = witness({{service_port}, {}, {}});
  WitnessRun run(*hosts_, *seer, sink_);
  ASSERT_TRUE(run.until([&] { return sink_.flow_of("10.98.1.1", 777).has_value(); }));
  EXPECT_EQ(sink_.flow_of("10.98.1.1", 777)->service_port, service_port);
}

TEST_F(ConntrackScene, WhatPassesThroughToOtherHostsDoesNotCount) {
  on_server("conntrack -I -p udp -s 10.8.0.2 -d 192.0.2.50 --sport 5 --dport 11940 -t 100");
  on_server("conntrack -I -p udp -s 10.98.1.1 -d 10.77.0.1 --sport 6 --dport 11940 -t 100");
  const auto seer = witness({{service_port}, {}, {}});
  WitnessRun run(*hosts_, *seer, sink_);
  ASSERT_TRUE(run.until([&] { return sink_.flow_of("10.98.1.1", 6).has_value(); }));
  ASSERT_TRUE(run.listings(1));
  EXPECT_FALSE(sink_.flow_of("10.8.0.2", 5));
}

TEST_F(ConntrackScene, LostEventsAreCountedAndHealed) {
  const UdpService service(*hosts_, service_port);
  const auto seer = witness({{service_port}, {}, {}}, 1024);
  WitnessRun run(*hosts_, *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  std::vector<Socket> clients;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(client_socket(*hosts_, SOCK_DGRAM, "10.98.20." + std::to_string(i % 250 + 1), service_port));
    service.exchange(clients.back(), {});
  }
  ASSERT_TRUE(run.until([&] { return sink_.flows().size() == clients.size() && seer->losses().at(0).count > 0; }));
  ASSERT_TRUE(run.listings(2));
  EXPECT_EQ(sink_.last_listing().size(), count_listed({}));
  std::uint64_t rx_bytes = 0;
  for (const auto& [identity, flow] : sink_.flows()) rx_bytes += flow.counters ? flow.counters->rx_bytes : 0;
  EXPECT_EQ(rx_bytes, clients.size() * 128);
  const auto before = seer->losses().at(0).count;
  on_server("conntrack -F");
  ASSERT_TRUE(run.listings(2));
  EXPECT_GT(seer->losses().at(0).count, before);
  EXPECT_EQ(sink_.last_listing().size(), 0U);
}

TEST_F(ConntrackScene, WithoutAccountingThereAreFlowsWithoutBytes) {
  on_server("sysctl -qw net.netfilter.nf_conntrack_acct=0");
  const UdpService service(*hosts_, service_port);
  const auto client = client_socket(*hosts_, SOCK_DGRAM, "10.98.9.6", service_port);
  service.exchange(client, {});
  const auto seer = witness({{service_port}, {}, {}});
  WitnessRun run(*hosts_, *seer, sink_);
  ASSERT_TRUE(run.until([&] { return sink_.flow_of("10.98.9.6", port_of(client)).has_value(); }));
  EXPECT_FALSE(sink_.flow_of("10.98.9.6", port_of(client))->counters);
  ASSERT_TRUE(run.listings(1));
  EXPECT_EQ(sink_.state(), model::WitnessState::looking);
  EXPECT_THAT(sink_.text(), HasSubstr("sysctl -w net.netfilter.nf_conntrack_acct=1"));
  EXPECT_THAT(hosts_->run_in_server("sysctl -n net.netfilter.nf_conntrack_acct"), HasSubstr("0"));
}

TEST_F(ConntrackScene, WithoutARuleItSaysWhatStartsTracking) {
  nft("flush ruleset");
  const auto seer = witness({{service_port}, {}, {}});
  WitnessRun run(*hosts_, *seer, sink_);
  ASSERT_TRUE(run.listings(1));
  EXPECT_THAT(sink_.text(), HasSubstr("ct state"));
}

TEST_F(ConntrackScene, TheKernelFiltersListings) {
  for (const auto* entry : {"-s 10.98.0.1 -d 10.77.0.1 -p udp --sport 1 --dport 11940 -m 7",
                            "-s 10.98.0.2 -d 10.77.0.1 -p udp --sport 1 --dport 11940",
                            "-s fd77::2 -d fd77::1 -p udp --sport 1 --dport 11940",
                            "-s 10.77.0.1 -d 10.98.0.3 -p udp --sport 11940 --dport 9",
                            "-s 10.98.0.4 -d 10.77.0.1 -p udp --sport 1 --dport 11950 -g 10.77.0.1:11940",
                            "-s 10.98.0.5 -d 10.77.0.1 -p tcp --sport 1 --dport 11940 --state ESTABLISHED"})
    on_server(std::string("conntrack -I -t 100 ") + entry);
  EXPECT_EQ(count_listed({}), 6U);
  EXPECT_EQ(count_listed({.family = AF_INET, .protocol = IPPROTO_UDP, .original_port = service_port}), 2U);
  EXPECT_EQ(count_listed({.family = AF_INET6, .protocol = IPPROTO_UDP, .original_port = service_port}), 1U);
  EXPECT_EQ(count_listed({.family = AF_INET, .protocol = IPPROTO_UDP, .origin_port = service_port}), 1U);
  EXPECT_EQ(count_listed({.family = AF_INET, .protocol = IPPROTO_TCP, .original_port = service_port}), 1U);
  EXPECT_EQ(count_listed({.family = AF_INET,
                          .protocol = IPPROTO_UDP,
                          .replying_port = service_port,
                          .status = ListFilter::Masked{status::destination_nat, status::destination_nat}}),
            1U);
  EXPECT_EQ(count_listed({.mark = ListFilter::Masked{7, 7}}), 1U);
}

}  // namespace
}  // namespace davylamp::conntrack
