#include "witness/sockets/diag_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <boost/asio/io_context.hpp>
#include <cstddef>

#include "witness/sockets/testing/diag_bytes.hpp"

namespace davylamp::sockets {
namespace {

using testing::ElementsAre;

TEST(DiagMessages, ATcpSocketWithItsFigures) {
  DiagBytes bytes(AF_INET, {192, 0, 2, 1}, {198, 51, 100, 7});
  tcp_info info{};
  info.tcpi_rtt = 40'700;
  info.tcpi_min_rtt = 39'000;
  info.tcpi_bytes_acked = 9'000'000'000;
  info.tcpi_bytes_received = 12;
  info.tcpi_bytes_retrans = 5;
  const auto socket = read_socket(bytes.attribute(INET_DIAG_INFO, info).attribute(INET_DIAG_CGROUP_ID, 77UL).body());
  ASSERT_TRUE(socket);
  EXPECT_EQ(socket->state, SocketState::established);
  EXPECT_EQ(socket->local.to_text(), "192.0.2.1:443");
  EXPECT_EQ(socket->peer.to_text(), "198.51.100.7:50000");
  EXPECT_EQ(socket->cookie, 0x0000'0002'0000'0001U);
  EXPECT_EQ(socket->cgroup, 77U);
  ASSERT_TRUE(socket->tcp);
  EXPECT_TRUE(socket->tcp->has_bytes && socket->tcp->has_sent);
  EXPECT_EQ(socket->tcp->bytes_acked, 9'000'000'000U);
  EXPECT_EQ(socket->tcp->bytes_retransmitted, 5U);
  EXPECT_EQ(socket->tcp->rtt_min_microseconds, 39'000U);
}

TEST(DiagMessages, AnOlderKernelTellsFewerFiguresAndANewerOneMore) {
  for (const std::size_t size : {std::size_t{104}, offsetof(tcp_info, tcpi_bytes_sent), std::size_t{400}}) {
    std::vector<std::byte> info(size, std::byte{1});
    const auto figures = read_tcp_figures(info);
    EXPECT_EQ(figures.has_bytes, size > 104);
    EXPECT_EQ(figures.has_sent, size == 400);
    EXPECT_EQ(figures.rtt_microseconds, 0x01010101U);
    EXPECT_EQ(figures.bytes_sent, size == 400 ? 0x0101010101010101U : 0U);
  }
}

TEST(DiagMessages, AFloorThatWasNeverMeasuredIsNoRoundTripTime) {
  tcp_info info{};
  info.tcpi_min_rtt = ~0U;
  EXPECT_EQ(read_tcp_figures(std::as_bytes(std::span(&info, 1))).rtt_min_microseconds, 0U);
}

TEST(DiagMessages, MappedPeersOfADualStackServerAreIpv4) {
  DiagBytes mapped(AF_INET6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1},
                   {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9});
  EXPECT_EQ(read_socket(mapped.body())->peer.to_text(), "203.0.113.9:50000");
  DiagBytes v6(AF_INET6, {0x20, 0x01, 0x0d, 0xb8}, {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5});
  EXPECT_EQ(read_socket(v6.body())->peer.to_text(), "[2001:db8::5]:50000");
}

TEST(DiagMessages, WhatIsNoSocketIsNothing) {
  DiagBytes bytes(AF_INET, {}, {});
  const auto body = bytes.body();
  EXPECT_FALSE(read_socket(body.first(body.size() - 1)));
  EXPECT_FALSE(read_socket(DiagBytes(AF_UNIX, {}, {}).body()));
}

TEST(DiagMessages, DropsAndTheProtocolAreRead) {
  DiagBytes bytes(AF_INET, {}, {});
  std::array<std::uint32_t, 9> memory{};
  memory[8] = 12;
  const auto socket =
      read_socket(bytes.attribute(INET_DIAG_SKMEMINFO, memory).attribute(INET_DIAG_PROTOCOL, std::uint8_t{17}).body());
  EXPECT_EQ(socket->dropped, 12U);
  EXPECT_EQ(socket->protocol, model::Protocol::udp);
}

// What the kernel does with the filter (inet_diag_bc_run): taken when the walk ends at the very end.
bool takes(std::span<const std::byte> filter, std::uint16_t port) {
  auto left = static_cast<std::ptrdiff_t>(filter.size());
  for (std::size_t at = 0; left > 0;) {
    const auto op = io::read_value<inet_diag_bc_op>(filter.subspan(at));
    const auto next = io::read_value<inet_diag_bc_op>(
        filter.subspan(std::min(at + sizeof(inet_diag_bc_op), filter.size() - sizeof(inet_diag_bc_op))));
    bool yes = true;
    if (op.code == INET_DIAG_BC_JMP) yes = false;
    if (op.code == INET_DIAG_BC_S_EQ) yes = port == next.no;
    if (op.code == INET_DIAG_BC_S_GE) yes = port >= next.no;
    if (op.code == INET_DIAG_BC_S_LE) yes = port <= next.no;
    const std::size_t step = yes ? op.yes : op.no;
    left -= static_cast<std::ptrdiff_t>(step);
    at += step;
  }
  return left == 0;
}

TEST(DiagMessages, ThePortFilterTakesExactlyItsPorts) {
  for (const auto test : {PortTest::equal, PortTest::range}) {
    std::vector<std::uint16_t> ports;
    for (const std::uint16_t port : std::vector<std::uint16_t>{443, 80, 8388, 1, 65535}) {
      ports.push_back(port);
      const auto filter = port_filter(ports, test);
      for (const std::uint16_t other :
           std::vector<std::uint16_t>{0, 1, 2, 79, 80, 81, 442, 443, 444, 8388, 65534, 65535})
        EXPECT_EQ(takes(filter, other), std::ranges::count(ports, other) == 1) << other << " of " << ports.size();
    }
  }
}

TEST(DiagMessages, MorePortsThanOneRequestHoldsAreCutOff) {
  const std::vector<std::uint16_t> ports(5'000, 7);
  EXPECT_LT(port_filter(ports, PortTest::range).size(), 65'000U);
}

}  // namespace
}  // namespace davylamp::sockets
