// Real WireGuard and OpenVPN over a slow wire that loses what we tell it to: the program finds that out.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>

#include "base/testing/temporary_directory.hpp"
#include "witness/ebpf/testing/delay_line.hpp"
#include "witness/ebpf/testing/loaded_program.hpp"

namespace davylamp::ebpf {
namespace {

using contract::testing::require;
using contract::testing::Socket;
using contract::testing::SocketAddress;
using contract::testing::TwoHosts;
using testing::DelayLine;
using testing::LoadedProgram;
using Steady = std::chrono::steady_clock;

constexpr std::uint16_t service_port = 11940;
constexpr std::uint16_t client_port = 51900;
constexpr std::uint16_t wire_port = 51901;
constexpr unsigned fewest_lost = 5;
// A machine that stands still makes a round trip longer by seconds; another unit would make it longer by far more.
constexpr double longest_milliseconds = 25'000;

class RealTunnels : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = testing::impossible()) GTEST_SKIP() << *reason;
    hosts_.emplace();
    left_.emplace(udp("127.0.0.1", wire_port, "127.0.0.1", client_port));
    lay_wire();
  }
  // A new one, and the program has seen nothing yet.
  void lay_wire() {
    const auto loses = wire_ ? wire_->loses : nullptr;
    std::array<char, 2048> late{};
    while (::read(left_->handle(), late.data(), late.size()) > 0) continue;
    loaded_.emplace(*hosts_, contract::WatchedPorts{{service_port}, {}, {}});
    loaded_->count_at("s0");
    right_.emplace(udp("10.98.1.1", 0, "10.77.0.1", service_port));
    wire_.emplace(left_->handle(), right_->handle(), std::chrono::milliseconds(20));
    wire_->loses = loses;
  }
  void TearDown() override {
    for (const auto* name : {"server.pid", "client.pid"}) {
      const int pid = std::atoi(text_of(name).c_str());
      if (pid > 1) ::kill(pid, SIGKILL);
    }
  }
  static bool installed(const std::string& program) { return ::access(program.c_str(), X_OK) == 0; }
  Socket udp(const std::string& own, std::uint16_t own_port, const std::string& peer, std::uint16_t peer_port) {
    return hosts_->in_client([&] {
      Socket made(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      const auto from = SocketAddress::of(own, own_port);
      const auto to = SocketAddress::of(peer, peer_port);
      require(::bind(made.handle(), from.get(), from.size) == 0, "bind");
      require(::connect(made.handle(), to.get(), to.size) == 0, "connect");
      // The wire may stand still for a while: nothing is lost there but what it is told to lose.
      const int room = 8 << 20;
      require(::setsockopt(made.handle(), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) == 0, "SO_RCVBUFFORCE");
      return made;
    });
  }
  std::string file(const std::string& name) const { return directory_.file(name); }
  std::string text_of(const std::string& name) const {
    std::ifstream stream(file(name));
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void run_for(std::chrono::milliseconds time) {
    const auto end = Steady::now() + time;
    wire_->until([&] { return Steady::now() >= end; });
  }
  // Datagrams into the tunnel, and all of them through the wire, which has lost so many at least by then.
  void send_inside(int count, unsigned lost = 0) {
    const auto inside = hosts_->in_client([] { return Socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); });
    const auto to = SocketAddress::of("10.66.0.1", 9);
    const std::string datagram(300, 'd');
    for (int i = 0; i < count; ++i) {
      ::sendto(inside.handle(), datagram.data(), datagram.size(), 0, to.get(), to.size);
      if (i % 10 == 9) run_for(std::chrono::milliseconds(3));
    }
    run_for(std::chrono::milliseconds(150));
    wire_->until([&] { return wire_->lost >= lost && wire_->quiet_for(std::chrono::milliseconds(150)); });
  }
  const FlowPath& path() {
    loaded_->look();
    return loaded_->program.paths()[0];
  }
  void expect_what_the_wire_did(const std::string& loss_method, const std::string& rtt_method) {
    const auto& seen = path();
    EXPECT_GE(wire_->lost, fewest_lost);
    EXPECT_EQ(seen.expected - seen.received, wire_->lost);
    const auto found = loaded_->look().flow_of("10.98.1.1");
    ASSERT_TRUE(found && found->quality);
    EXPECT_EQ(found->quality->loss_method, loss_method);
    EXPECT_NEAR(found->quality->rx_loss.value_or(0),
                static_cast<double>(wire_->lost) / static_cast<double>(seen.expected), 1e-9);
    EXPECT_EQ(found->quality->rtt_method, rtt_method);
    EXPECT_GE(found->quality->rtt_milliseconds.value_or(0), 39.5);
    EXPECT_LE(found->quality->rtt_milliseconds.value_or(1e9), longest_milliseconds);
  }

  base::TemporaryDirectory directory_;
  std::optional<TwoHosts> hosts_;
  std::optional<LoadedProgram> loaded_;
  std::optional<Socket> left_;
  std::optional<Socket> right_;
  std::optional<DelayLine> wire_;
};

// Number 4 of each 20, and the beginning and the end not, which no one could miss.
bool is_chosen(std::uint32_t number) {
  return number > 10 && number < 190 && number % 20 == 4;
}

std::uint32_t word_at(const std::string& datagram, std::size_t at) {
  std::uint32_t word = 0;
  datagram.copy(reinterpret_cast<char*>(&word), sizeof word, at);
  return word;
}

TEST_F(RealTunnels, WireguardGo) {
  if (!installed("/usr/bin/wireguard-go") || !installed("/usr/bin/wg")) GTEST_SKIP() << "wireguard-go is not installed";
  const auto server = "dt" + std::to_string(::getpid()) + "s";
  const auto client = "dt" + std::to_string(::getpid()) + "c";
  wire_->loses = [](const std::string& datagram) {
    return datagram.size() > 16 && word_at(datagram, 0) == 4 && is_chosen(word_at(datagram, 8));
  };
  for (const auto& name : {server, client})
    hosts_->run_in_server("wg genkey > " + file(name) + " && wg pubkey < " + file(name) + " > " + file(name + ".pub"));
  hosts_->run_in_server("wireguard-go " + server + " > /dev/null && wg set " + server +
                        " listen-port 11940 private-key " + file(server) + " peer $(cat " + file(client + ".pub") +
                        ") allowed-ips 10.66.0.2/32");
  hosts_->run_in_client("wireguard-go " + client + " > /dev/null && wg set " + client +
                        " listen-port 51900 private-key " + file(client) + " peer $(cat " + file(server + ".pub") +
                        ") allowed-ips 10.66.0.0/24 endpoint 127.0.0.1:51901");
  hosts_->run_in_server("ip addr add 10.66.0.1/24 dev " + server + " && ip link set " + server + " up");
  hosts_->run_in_client("ip addr add 10.66.0.2/24 dev " + client + " && ip link set " + client + " up");
  send_inside(1);
  send_inside(200, fewest_lost);
  hosts_->run_in_server("ip link del " + server);
  hosts_->run_in_client("ip link del " + client);
  expect_what_the_wire_did("wireguard_counter", "wireguard_handshake");
}

TEST_F(RealTunnels, Openvpn) {
  if (!installed("/usr/sbin/openvpn") || !installed("/usr/bin/openssl")) GTEST_SKIP() << "OpenVPN is not installed";
  wire_->loses = [](const std::string& datagram) {
    return datagram.size() > 8 && static_cast<unsigned char>(datagram[0]) >> 3 == 9 &&
           is_chosen(ntohl(word_at(datagram, 4)));
  };
  for (const auto* name : {"server", "client"})
    hosts_->run_in_server(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" +
        std::string(name) + " -keyout " + file(name) + ".key -out " + file(name) +
        ".crt 2>/dev/null && openssl x509 -in " + file(name) + ".crt -noout -fingerprint -sha256 | cut -d= -f2 > " +
        file(name) + ".print");
  const auto common = [&](const std::string& own, const std::string& peer) {
    return "openvpn --daemon --writepid " + file(own + ".pid") + " --log " + file(own + ".log") + " --cert " +
           file(own + ".crt") + " --key " + file(own + ".key") + " --peer-fingerprint $(cat " + file(peer + ".print") +
           ") --dev dtun0 --dev-type tun --disable-dco --verb 3 ";
  };
  hosts_->run_in_server(common("server", "client") +
                        "--server 10.66.0.0 255.255.255.0 --topology subnet --dh none --port 11940 --proto udp4");
  const auto connects = [&] {
    hosts_->run_in_client(common("client", "server") + "--client --proto udp4 --remote 127.0.0.1 51901 --lport 51900");
    bool connected = false;
    for (const auto deadline = Steady::now() + std::chrono::seconds(60); !connected && Steady::now() < deadline;) {
      run_for(std::chrono::milliseconds(50));
      connected = text_of("client.log").find("Initialization Sequence Completed") != std::string::npos;
    }
    return connected;
  };
  ASSERT_TRUE(connects()) << text_of("client.log");
  // A reset that was said twice, as after a while without an answer, tells no round trip: then all begins anew.
  for (int tries = 0; tries < 5 && path().handshakes == 0; ++tries) {
    hosts_->run_in_client("kill -9 $(cat " + file("client.pid") + "); rm " + file("client.log") +
                          "; timeout 20 sh -c 'while ip link show dtun0 > /dev/null 2>&1; do sleep 0.05; done'");
    lay_wire();
    ASSERT_TRUE(connects()) << text_of("client.log");
  }
  send_inside(200, fewest_lost);
  expect_what_the_wire_did("openvpn_packet_id", "openvpn_handshake");
}

}  // namespace
}  // namespace davylamp::ebpf
