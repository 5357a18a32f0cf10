// What the program counts, beside what conntrack and the sockets say of the same packets.
#include <gtest/gtest.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/wait.h>

#include <regex>

#include "witness/ebpf/testing/loaded_program.hpp"
#include "witness/ebpf/testing/tun.hpp"

#include <linux/tcp.h>

namespace davylamp::ebpf {
namespace {

using contract::testing::client_socket;
using contract::testing::move_bytes;
using contract::testing::port_of;
using contract::testing::require;
using contract::testing::service_socket;
using contract::testing::Socket;
using contract::testing::TcpService;
using contract::testing::TwoHosts;
using contract::testing::UdpService;
using contract::testing::wait_readable;
using testing::LoadedProgram;
using testing::Tun;

constexpr std::uint16_t port = 11940;

class KernelCounts : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = testing::impossible()) GTEST_SKIP() << *reason;
    hosts_.emplace();
  }
  TwoHosts& hosts() { return *hosts_; }
  void track_connections() {
    hosts().run_in_server("sysctl -qw net.netfilter.nf_conntrack_acct=1");
    hosts().run_in_server(
        "printf 'table inet t {\\n chain c {\\n type filter hook input priority 0;\\n ct state new counter\\n "
        "}\\n}\\n' | "
        "nft -f -");
  }
  // What conntrack says: packets and bytes from the peer, packets and bytes to it.
  model::FlowCounters tracked(const std::string& family, const std::string& peer) {
    const auto text = hosts().run_in_server("conntrack -L -o extended -f " + family + " -s " + peer + " 2>/dev/null");
    std::smatch found;
    const std::regex pattern(R"(packets=(\d+) bytes=(\d+).*packets=(\d+) bytes=(\d+))");
    if (!std::regex_search(text, found, pattern)) throw std::runtime_error("conntrack knows nothing: " + text);
    return {std::stoull(found[2]), std::stoull(found[4]), std::stoull(found[1]), std::stoull(found[3])};
  }

  std::optional<TwoHosts> hosts_;
};

TEST_F(KernelCounts, UdpEqualsConntrackAndWhatWasSent) {
  track_connections();
  LoadedProgram loaded(hosts(), {{port}, {}, {}});
  loaded.count_at("s0");
  const UdpService service(hosts(), port);
  for (const auto* peer : {"10.98.1.1", "10.98.1.2"}) {
    const auto client = client_socket(hosts(), SOCK_DGRAM, peer, port);
    service.exchange(client, {.up = 7, .up_bytes = 1, .down = 3, .down_bytes = 1400});
  }
  const auto six = client_socket(hosts(), SOCK_DGRAM, "fd77::2", port);
  service.exchange(six, {.up = 2, .up_bytes = 0, .down = 9, .down_bytes = 33});
  const auto& told = loaded.look();
  ASSERT_EQ(told.flows.size(), 3U);
  for (const auto* peer : {"10.98.1.1", "10.98.1.2"}) {
    EXPECT_EQ(told.flow_of(peer)->counters, tracked("ipv4", peer));
    EXPECT_EQ(told.flow_of(peer)->counters->rx_bytes, 7U * 29);
    EXPECT_EQ(told.flow_of(peer)->counters->tx_bytes, 3U * 1428);
  }
  EXPECT_EQ(told.flow_of("fd77::2")->counters, tracked("ipv6", "fd77::2"));
  EXPECT_EQ(told.flow_of("fd77::2")->counters->tx_bytes, 9U * 81);
}

TEST_F(KernelCounts, TcpInSmallPiecesEqualsConntrack) {
  track_connections();
  LoadedProgram loaded(hosts(), {{}, {port}, {}});
  loaded.count_at("s0");
  const TcpService service(hosts(), port);
  for (const auto* peer : {"10.98.1.1", "fd77::2"}) {
    auto client = client_socket(hosts(), SOCK_STREAM, peer, port);
    auto served = service.accept();
    for (int i = 0; i < 20; ++i) {
      move_bytes(client, served, 700);
      move_bytes(served, client, 1200);
    }
    const std::string family = std::string_view(peer).contains(':') ? "ipv6" : "ipv4";
    // An acknowledgement may be late and come between the two looks.
    std::optional<model::FlowCounters> counted;
    model::FlowCounters wanted;
    for (int tries = 0; tries < 100 && (tries == 0 || counted != wanted); ++tries) {
      const auto flow = loaded.look().flow_of(peer);
      ASSERT_TRUE(flow);
      counted = flow->counters;
      wanted = tracked(family, peer);
    }
    EXPECT_EQ(counted, wanted);
  }
}

// Offloads hand the kernel many packets as one: what was on the wire is counted, each with its header.
TEST_F(KernelCounts, OffloadedTcpCountsEveryPacketOfTheWire) {
  track_connections();
  LoadedProgram loaded(hosts(), {{}, {port}, {}});
  loaded.count_at("s0");
  const TcpService service(hosts(), port);
  auto client = client_socket(hosts(), SOCK_STREAM, "10.98.1.1", port);
  auto served = service.accept();
  const std::string much(600'000, 'm');
  std::string taken(much.size(), ' ');
  std::size_t sent = 0;
  std::size_t arrived = 0;
  while (arrived < much.size()) {
    const auto now = ::send(served.handle(), much.data() + sent, much.size() - sent, MSG_DONTWAIT);
    if (now > 0) sent += static_cast<std::size_t>(now);
    wait_readable(client, "the stream");
    arrived += static_cast<std::size_t>(::recv(client.handle(), taken.data(), taken.size(), 0));
  }
  const auto flow = loaded.look().flow_of("10.98.1.1");
  tcp_info state{};
  socklen_t size = sizeof state;
  require(::getsockopt(served.handle(), IPPROTO_TCP, TCP_INFO, &state, &size) == 0, "TCP_INFO");
  // The SYN-ACK is no segment of the socket's, and has 8 bytes of options more.
  constexpr std::uint64_t header = 52;
  EXPECT_EQ(flow->counters->tx_packets, state.tcpi_segs_out + 1);
  EXPECT_EQ(flow->counters->tx_bytes, state.tcpi_bytes_sent + header * flow->counters->tx_packets + 8);
  const auto seen_by_conntrack = tracked("ipv4", "10.98.1.1");
  EXPECT_LT(seen_by_conntrack.tx_packets, flow->counters->tx_packets) << "no offload took place";
  EXPECT_EQ(flow->counters->tx_bytes - seen_by_conntrack.tx_bytes,
            header * (flow->counters->tx_packets - seen_by_conntrack.tx_packets));
}

TEST_F(KernelCounts, AFullTableIsToldAndKnownFlowsGoOn) {
  LoadedProgram loaded(hosts(), {{port}, {}, {}}, 3);
  loaded.count_at("s0");
  const UdpService service(hosts(), port);
  std::vector<Socket> clients;
  for (int i = 1; i <= 5; ++i) {
    clients.push_back(client_socket(hosts(), SOCK_DGRAM, "10.98.2." + std::to_string(i), port));
    service.exchange(clients.back(), {.up = 1, .down = 2});
  }
  service.exchange(clients.front(), {});
  const auto& told = loaded.look();
  EXPECT_EQ(told.flows.size(), 3U);
  EXPECT_EQ(loaded.program.losses().table_full, 2U * 3);
  EXPECT_EQ(told.flow_of("10.98.2.1")->counters->rx_packets, 2U);
  EXPECT_FALSE(told.flow_of("10.98.2.4"));
}

TEST_F(KernelCounts, SlotsOfIdleFlowsAreUsedAgainUnderANewIdentity) {
  LoadedProgram loaded(hosts(), {{port}, {}, {}}, 2);
  loaded.count_at("s0");
  const UdpService service(hosts(), port);
  const auto first = client_socket(hosts(), SOCK_DGRAM, "10.98.3.1", port);
  const auto second = client_socket(hosts(), SOCK_DGRAM, "10.98.3.2", port);
  service.exchange(first, {.up = 4});
  service.exchange(second, {});
  ASSERT_EQ(loaded.look().flows.size(), 2U);
  const auto old = loaded.told.flow_of("10.98.3.1")->identity;
  loaded.look(base::Seconds(301));
  EXPECT_TRUE(loaded.told.ends.empty()) << "a packet that is under way may still count";
  loaded.look(base::Seconds(303));
  ASSERT_EQ(loaded.told.ends.size(), 2U);
  EXPECT_EQ(loaded.told.ends.at(old).counters->rx_packets, 4U);
  loaded.told.flows.clear();
  service.exchange(first, {.up = 2});
  service.exchange(client_socket(hosts(), SOCK_DGRAM, "10.98.3.9", port), {});
  loaded.look();
  ASSERT_EQ(loaded.told.flows.size(), 2U);
  EXPECT_EQ(loaded.program.losses().table_full, 0U);
  EXPECT_EQ(loaded.told.flow_of("10.98.3.1")->counters->rx_packets, 2U);
  EXPECT_NE(loaded.told.flow_of("10.98.3.1")->identity, old);
  EXPECT_FALSE(loaded.told.flows.contains(old));
}

// A bridge and its port both see the packet.
TEST_F(KernelCounts, APacketThatClimbsFromDeviceToDeviceCountsOnce) {
  hosts().run_in_server(
      "ip link add br0 type bridge && ip addr flush dev s0 && ip link set s0 master br0 && ip addr add 10.77.0.1/24 "
      "dev br0 && "
      "ip link set br0 up && ip route add 10.98.0.0/16 via 10.77.0.2");
  LoadedProgram loaded(hosts(), {{port}, {}, {}});
  loaded.count_at("s0");
  loaded.count_at("br0");
  const UdpService service(hosts(), port);
  service.exchange(client_socket(hosts(), SOCK_DGRAM, "10.98.3.1", port), {.up = 6, .down = 4});
  const auto flow = loaded.look().flow_of("10.98.3.1");
  ASSERT_TRUE(flow);
  EXPECT_EQ(flow->counters->rx_packets, 6U);
  EXPECT_EQ(flow->counters->tx_packets, 4U);
}

std::string udp_packet(const std::string& source, const std::string& destination, const std::string& payload) {
  iphdr ip{};
  udphdr udp{};
  ip.version = 4;
  ip.ihl = 5;
  ip.ttl = 64;
  ip.protocol = IPPROTO_UDP;
  ip.tot_len = htons(static_cast<std::uint16_t>(28 + payload.size()));
  ::inet_pton(AF_INET, source.c_str(), &ip.saddr);
  ::inet_pton(AF_INET, destination.c_str(), &ip.daddr);
  const auto* halves = reinterpret_cast<const std::uint16_t*>(&ip);
  std::uint32_t sum = 0;
  for (int i = 0; i < 10; ++i) sum += halves[i];
  ip.check = static_cast<std::uint16_t>(~((sum & 0xffffU) + (sum >> 16U)));
  udp.source = htons(5000);
  udp.dest = htons(port);
  udp.len = htons(static_cast<std::uint16_t>(8 + payload.size()));
  return std::string(reinterpret_cast<char*>(&ip), 20) + std::string(reinterpret_cast<char*>(&udp), 8) + payload;
}

// Devices without an Ethernet header.
TEST_F(KernelCounts, ATunDeviceIsCounted) {
  const Tun tun(hosts(), Tun::Side::server, "10.66.0.1/24");
  LoadedProgram loaded(hosts(), {{port}, {}, {}});
  loaded.count_at("dtun0");
  const auto service = service_socket(hosts(), SOCK_DGRAM, port);
  const auto packet = udp_packet("10.66.0.2", "10.66.0.1", "hello");
  ASSERT_EQ(::write(tun.handle(), packet.data(), packet.size()), static_cast<ssize_t>(packet.size()));
  wait_readable(service, "the packet from the tunnel");
  contract::testing::SocketAddress peer;
  peer.size = sizeof peer.storage;
  char taken[64];
  ASSERT_EQ(::recvfrom(service.handle(), taken, sizeof taken, 0, peer.get(), &peer.size), 5);
  ASSERT_EQ(::sendto(service.handle(), "welcome", 7, 0, peer.get(), peer.size), 7);
  const auto flow = loaded.look().flow_of("10.66.0.2");
  ASSERT_TRUE(flow);
  EXPECT_EQ(flow->counters, (model::FlowCounters{33, 35, 1, 1}));
}

TEST_F(KernelCounts, ItGoesWithItsAttachments) {
  LoadedProgram loaded(hosts(), {{port}, {}, {}});
  loaded.count_at("s0");
  const UdpService service(hosts(), port);
  const auto client = client_socket(hosts(), SOCK_DGRAM, "10.98.3.1", port);
  service.exchange(client, {});
  loaded.attachments.reset();
  service.exchange(client, {});
  EXPECT_EQ(loaded.look().flow_of("10.98.3.1")->counters->rx_packets, 1U);
}

// Before tcx, filters outlive a process that is killed.
TEST_F(KernelCounts, FiltersThatAKilledProcessLeftAreTakenAway) {
  const auto filters = [&] {
    const auto text = hosts().run_in_server("tc filter show dev s0 ingress; tc filter show dev s0 egress");
    return std::regex_search(text, std::regex("uplink_in")) + std::regex_search(text, std::regex("uplink_out"));
  };
  const auto index = hosts().in_server([] { return static_cast<int>(::if_nametoindex("s0")); });
  const auto child = ::fork();
  if (child == 0) {
    hosts().in_server([&] {
      const KernelProgram program(1024);
      Attachments attachments(AttachMode::clsact);
      attachments.attach(index, program.uplink());
      ::kill(::getpid(), SIGKILL);
    });
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(filters(), 2);
  hosts().in_server([&] {
    Attachments other(AttachMode::clsact);
    other.tidy(index);
  });
  EXPECT_EQ(filters(), 0);
}

TEST_F(KernelCounts, TwoWitnessesWithoutTcxCountBeside) {
  const UdpService service(hosts(), port);
  LoadedProgram one(hosts(), {{port}, {}, {}});
  LoadedProgram two(hosts(), {{port}, {}, {}});
  for (auto* loaded : {&one, &two}) {
    hosts().in_server([&] { loaded->attachments = std::make_unique<Attachments>(AttachMode::clsact); });
    loaded->count_at("s0");
  }
  service.exchange(client_socket(hosts(), SOCK_DGRAM, "10.98.3.1", port), {.up = 3});
  for (auto* loaded : {&one, &two}) {
    ASSERT_TRUE(loaded->look().flow_of("10.98.3.1"));
    EXPECT_EQ(loaded->told.flow_of("10.98.3.1")->counters->rx_packets, 3U);
  }
}

}  // namespace
}  // namespace davylamp::ebpf
