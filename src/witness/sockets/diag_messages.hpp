// What sock_diag says: requests for it, and its answers as values (linux/inet_diag.h, linux/tcp.h). Parse only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "io/netlink_messages.hpp"
#include "model/address.hpp"
#include "model/flow.hpp"

namespace davylamp::sockets {

// The kernel's numbers (include/net/tcp_states.h).
enum class SocketState : std::uint8_t {
  unknown,
  established,
  syn_sent,
  syn_received,
  fin_wait1,
  fin_wait2,
  time_wait,
  closed,  // of UDP: not connected
  close_wait,
  last_ack,
  listening,
  closing,
  new_syn_received,
  bound_inactive,
};
BOOST_DESCRIBE_ENUM(SocketState, unknown, established, syn_sent, syn_received, fin_wait1, fin_wait2, time_wait, closed,
                    close_wait, last_ack, listening, closing, new_syn_received, bound_inactive)

// tcp_info, as much of it as the kernel knows: what an older one does not tell is absent, or zero.
struct TcpFigures {
  bool has_bytes = false;  // 4.1: bytes_acked, bytes_received
  bool has_sent = false;   // 4.19: bytes_sent, bytes_retransmitted
  std::uint64_t bytes_acked = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_retransmitted = 0;
  std::uint64_t delivery_bytes_per_second = 0;
  std::uint32_t segments_out = 0;
  std::uint32_t segments_in = 0;
  std::uint32_t segments_retransmitted = 0;
  std::uint32_t rtt_microseconds = 0;
  std::uint32_t rtt_variance_microseconds = 0;
  std::uint32_t rtt_min_microseconds = 0;  // 0: no sample yet
  std::uint32_t last_data_sent_milliseconds = 0;
  std::uint32_t last_data_received_milliseconds = 0;
  std::uint32_t last_ack_received_milliseconds = 0;
};

struct DiagSocket {
  SocketState state = SocketState::unknown;
  model::Endpoint local;
  model::Endpoint peer;
  std::optional<model::Protocol> protocol;  // told in destroy events only
  std::uint64_t cookie = 0;                 // the kernel's number for this socket, never given twice
  std::uint64_t cgroup = 0;                 // 0: not told
  std::uint32_t user = 0;
  std::uint32_t inode = 0;
  std::uint32_t receive_queue = 0;  // of a listening one: connections that wait to be accepted
  std::uint32_t send_queue = 0;     // of a listening one: how many may wait
  std::uint32_t interface = 0;
  std::uint32_t dropped = 0;  // for want of room, since the socket was opened
  std::optional<TcpFigures> tcp;
};

// Nothing when the body is too short or of no internet family.
std::optional<DiagSocket> read_socket(std::span<const std::byte> body);
TcpFigures read_tcp_figures(std::span<const std::byte> info);

// How ports are compared in the kernel: equality needs Linux 4.16.
enum class PortTest : std::uint8_t { equal, range };
// The kernel's filter "local port is one of these" (INET_DIAG_REQ_BYTECODE); at most 1,000 of them are looked at.
std::vector<std::byte> port_filter(std::span<const std::uint16_t> ports, PortTest test);

struct DumpOrder {
  bool v6 = false;  // v6 sockets, IPv4 peers of dual-stack ones among them
  model::Protocol protocol = model::Protocol::tcp;
  std::uint32_t states = 0;                    // bit n: state n
  std::span<const std::uint16_t> local_ports;  // empty: all
  bool figures = true;                         // with tcp_info; of UDP: with what was dropped
  PortTest test = PortTest::equal;
  std::uint32_t sequence = 1;
};
std::vector<std::byte> dump_request(const DumpOrder& order);

constexpr std::uint32_t state_bit(SocketState state) {
  return 1U << static_cast<unsigned>(state);
}

}  // namespace davylamp::sockets
