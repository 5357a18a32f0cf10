// What the program finds out about a path, beside what a wire of ours did to the packets.
#include <fcntl.h>
#include <gtest/gtest.h>

#include "witness/ebpf/testing/delay_line.hpp"
#include "witness/ebpf/testing/loaded_program.hpp"
#include "witness/ebpf/testing/tun.hpp"

namespace davylamp::ebpf {
namespace {

using contract::testing::client_socket;
using contract::testing::port_of;
using contract::testing::require;
using contract::testing::service_socket;
using contract::testing::Socket;
using contract::testing::SocketAddress;
using contract::testing::TwoHosts;
using testing::DelayLine;
using testing::LoadedProgram;
using testing::Tun;

constexpr std::uint16_t port = 11940;
// A machine that stands still makes a round trip longer by seconds; another unit would make it longer by far more.
constexpr double longest_milliseconds = 25'000;

std::string big(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

std::string little(std::uint64_t number, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xff);
  return bytes;
}

std::string openvpn_packet(unsigned opcode, unsigned key, const std::string& rest) {
  return std::string(1, static_cast<char>(opcode << 3 | key)) + rest;
}

// Data v2 of peer 7, with an AEAD cipher.
std::string openvpn_numbered(std::uint32_t id, unsigned key = 0) {
  return openvpn_packet(9, key, std::string("\0\0\7", 3) + big(id) + std::string(60, '\x5a'));
}

std::string wireguard_numbered(std::uint32_t receiver, std::uint64_t counter) {
  return little(4, 4) + little(receiver, 4) + little(counter, 8) + std::string(64, '\x5a');
}

std::string wireguard_response(std::uint32_t sender, std::uint32_t receiver) {
  return little(2, 4) + little(sender, 4) + little(receiver, 4) + std::string(80, '\x5a');
}

std::string wireguard_initiation(std::uint32_t sender) {
  return little(1, 4) + little(sender, 4) + std::string(140, '\x5a');
}

class PathQuality : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = testing::impossible()) GTEST_SKIP() << *reason;
    hosts_.emplace();
    loaded_.emplace(*hosts_, contract::WatchedPorts{{port}, {}, {}});
    loaded_->count_at("s0");
    service_.emplace(service_socket(*hosts_, SOCK_DGRAM, port));
    client_.emplace(client_socket(*hosts_, SOCK_DGRAM, "10.98.1.1", port));
  }
  TwoHosts& hosts() { return *hosts_; }
  LoadedProgram& loaded() { return *loaded_; }
  int client() const { return client_->handle(); }

  void up(const std::string& datagram) {
    require(::send(client_->handle(), datagram.data(), datagram.size(), 0) >= 0, "send");
    peer_.size = sizeof peer_.storage;
    char taken[2048];
    contract::testing::wait_readable(*service_, "a datagram");
    require(::recvfrom(service_->handle(), taken, sizeof taken, 0, peer_.get(), &peer_.size) >= 0, "recvfrom");
  }
  void down(const std::string& datagram) {
    require(::sendto(service_->handle(), datagram.data(), datagram.size(), 0, peer_.get(), peer_.size) >= 0, "sendto");
    char taken[2048];
    contract::testing::wait_readable(*client_, "an answer");
    require(::recv(client_->handle(), taken, sizeof taken, 0) >= 0, "recv");
  }
  std::optional<model::Quality> quality(base::Milliseconds later = base::Milliseconds(0)) {
    const auto flow = loaded().look(later).flow_of("10.98.1.1");
    return flow ? flow->quality : std::nullopt;
  }

  std::optional<TwoHosts> hosts_;
  std::optional<LoadedProgram> loaded_;
  std::optional<Socket> service_;
  std::optional<Socket> client_;
  SocketAddress peer_;
};

TEST_F(PathQuality, LossOfOpenvpnIsWhatTheWireDropped) {
  for (std::uint32_t id = 1; id <= 200; ++id)
    if (id % 10 != 5) up(openvpn_numbered(id));
  const auto found = quality();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->loss_method, "openvpn_packet_id");
  EXPECT_DOUBLE_EQ(found->rx_loss.value(), 20.0 / 200);
  EXPECT_FALSE(found->tx_loss);
  EXPECT_FALSE(found->rtt_milliseconds);
}

TEST_F(PathQuality, LossOfWireguardIsWhatTheWireDropped) {
  for (std::uint64_t counter = 0; counter < 500; ++counter)
    if (counter % 100 != 50) up(wireguard_numbered(0xabcd, counter));
  const auto found = quality();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->loss_method, "wireguard_counter");
  EXPECT_DOUBLE_EQ(found->rx_loss.value(), 5.0 / 500);
}

TEST_F(PathQuality, WhatOvertakesOrComesTwiceIsNotLost) {
  for (std::uint32_t id = 1; id <= 100; id += 4) {
    for (const auto number : {id, id + 3, id + 1, id + 1, id + 2}) up(openvpn_numbered(number));
  }
  EXPECT_DOUBLE_EQ(quality()->rx_loss.value(), 0.0);
}

TEST_F(PathQuality, ANewKeyBeginsNewNumbersAndWhatIsUnderWayStillCounts) {
  for (std::uint64_t counter = 0; counter < 100; ++counter) up(wireguard_numbered(1, counter));
  up(wireguard_numbered(2, 0));
  up(wireguard_numbered(1, 100));
  up(wireguard_numbered(2, 1));
  up(wireguard_numbered(1, 102));
  for (std::uint64_t counter = 2; counter < 99; ++counter) up(wireguard_numbered(2, counter));
  // 202 were sent; number 101 of the old key was lost.
  EXPECT_DOUBLE_EQ(quality()->rx_loss.value(), 1.0 / 202);
}

TEST_F(PathQuality, NumbersWrap) {
  for (std::uint32_t i = 0; i < 100; ++i)
    if (i != 50) up(wireguard_numbered(1, std::uint64_t{0xffffffe0U} + i));
  EXPECT_DOUBLE_EQ(quality()->rx_loss.value(), 1.0 / 100);
}

TEST_F(PathQuality, ALossOfLongAgoIsForgotten) {
  for (std::uint32_t id = 1; id <= 100; ++id)
    if (id % 2 == 0) up(openvpn_numbered(id));
  EXPECT_GT(quality()->rx_loss.value(), 0.4);
  for (std::uint32_t step = 1; step <= 14; ++step) {
    for (std::uint32_t id = 1; id <= 10; ++id) up(openvpn_numbered(90 + 10 * step + id));
    loaded().look(base::Seconds(5 * step));
  }
  EXPECT_DOUBLE_EQ(quality(base::Seconds(70))->rx_loss.value_or(1), 0.0);
}

// A CBC cipher puts a code there that is no number; other protocols put anything there.
TEST_F(PathQuality, WhatDoesNotGrowIsNoNumber) {
  std::uint32_t state = 1;
  for (int i = 0; i < 200; ++i) up(openvpn_numbered(state = state * 1'664'525 + 1'013'904'223));
  EXPECT_FALSE(quality());
}

TEST_F(PathQuality, ANumberThatStandsStillIsNone) {
  for (int i = 0; i < 200; ++i) up(openvpn_numbered(77));
  EXPECT_FALSE(quality());
}

TEST_F(PathQuality, OtherUdpTellsNothing) {
  for (int i = 0; i < 100; ++i) {
    up(std::string(1200, static_cast<char>(0x40 + i % 0x40)));
    down(std::string(1200, '\x40'));
  }
  EXPECT_FALSE(quality());
}

// Between two namespaces an answer takes less than a millisecond; the test's wire makes it slow.
TEST_F(PathQuality, TheAnswerToOpenvpnsResetTellsTheRoundTrip) {
  const auto slow = [] { ::poll(nullptr, 0, 30); };
  up(openvpn_packet(7, 0, std::string(13, 'c')));
  down(openvpn_packet(8, 0, std::string(25, 's')));
  slow();
  up(openvpn_packet(4, 0, std::string(100, 'c')));
  const auto found = quality();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rtt_method, "openvpn_handshake");
  EXPECT_GE(found->rtt_milliseconds.value(), 29);
  EXPECT_LE(found->rtt_milliseconds.value(), longest_milliseconds);
  EXPECT_EQ(found->rtt_min_milliseconds, found->rtt_milliseconds);
  EXPECT_FALSE(found->jitter_milliseconds) << "of one answer";
}

TEST_F(PathQuality, AResetThatWasSentTwiceTellsNothing) {
  up(openvpn_packet(7, 0, std::string(13, 'c')));
  down(openvpn_packet(8, 0, std::string(25, 's')));
  down(openvpn_packet(8, 0, std::string(25, 's')));
  up(openvpn_packet(5, 0, std::string(30, 'c')));
  EXPECT_FALSE(quality());
}

TEST_F(PathQuality, TheFirstPacketOfAWireguardKeyTellsTheRoundTrip) {
  up(wireguard_initiation(0x11));
  down(wireguard_response(0x22, 0x11));
  ::poll(nullptr, 0, 30);
  up(wireguard_numbered(0x21, 0));
  EXPECT_FALSE(quality()) << "of another key";
  up(wireguard_numbered(0x22, 0));
  const auto found = quality();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->rtt_method, "wireguard_handshake");
  EXPECT_GE(found->rtt_milliseconds.value(), 29);
  EXPECT_LE(found->rtt_milliseconds.value(), longest_milliseconds);
}

TEST_F(PathQuality, TheResponseToAnInitiationOfOursTellsTheRoundTrip) {
  up(std::string(10, 'x'));
  down(wireguard_initiation(0x33));
  ::poll(nullptr, 0, 20);
  up(wireguard_response(0x44, 0x33));
  ASSERT_TRUE(quality());
  EXPECT_GE(quality()->rtt_milliseconds.value_or(0), 19);
}

// Real TCP through a tunnel of two tun devices and a wire that takes 20 ms each way.
TEST_F(PathQuality, TcpHandshakesInTheTunnelTellTheRoundTrip) {
  const Tun server(hosts(), Tun::Side::server, "10.66.0.1/24");
  const Tun inside(hosts(), Tun::Side::client, "10.66.0.2/24");
  loaded().attach("dtun0", loaded().program.inner());
  const auto service = service_socket(hosts(), SOCK_STREAM, 11980);
  DelayLine wire(inside.handle(), server.handle(), std::chrono::milliseconds(20));
  std::vector<Socket> clients;
  std::vector<Socket> served;
  const auto found = [&]() -> std::optional<model::Quality> {
    const auto& told = loaded().look().inner;
    return told.contains("10.66.0.2") ? std::optional(told.at("10.66.0.2")) : std::nullopt;
  };
  // Three do; more where the machine stood still for so long that a host spoke twice, which then tells nothing.
  for (int i = 0; i < 3 || (i < 30 && !(found() && found()->jitter_milliseconds)); ++i) {
    hosts().in_client([&] {
      clients.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      const auto to = SocketAddress::of("10.66.0.1", 11980);
      const int begun = ::connect(clients.back().handle(), to.get(), to.size);
      require(begun == 0 || errno == EINPROGRESS, "connect");
    });
    wire.until([&] {
      pollfd waiting{service.handle(), POLLIN, 0};
      return ::poll(&waiting, 1, 0) == 1;
    });
    served.emplace_back(::accept(service.handle(), nullptr, nullptr));
  }
  ASSERT_TRUE(found());
  EXPECT_EQ(found()->rtt_method, "inner_syn_ack");
  EXPECT_GE(found()->rtt_min_milliseconds.value(), 39.5);
  EXPECT_LE(found()->rtt_min_milliseconds.value(), longest_milliseconds);
  EXPECT_TRUE(found()->jitter_milliseconds);
  EXPECT_EQ(loaded().program.losses().handshakes_lost, 0U);
}

}  // namespace
}  // namespace davylamp::ebpf
