#include "witness/sockets/diag_messages.hpp"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <array>
#include <bit>
#include <cstddef>

namespace davylamp::sockets {
namespace {

constexpr std::size_t most_filtered_ports = 1'000;
constexpr std::size_t drops_at = 8 * sizeof(std::uint32_t);  // SK_MEMINFO_DROPS

std::uint16_t from_network(std::uint16_t value) {
  return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

model::Address read_address(std::uint8_t family, const __be32 (&words)[4]) {
  if (family == AF_INET) {
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), words, bytes.size());
    return model::Address::from_v4(bytes);
  }
  std::array<std::uint8_t, 16> bytes;
  std::memcpy(bytes.data(), words, bytes.size());
  return model::Address::from_v6(bytes);
}

template <class Value>
void append(std::vector<std::byte>& to, const Value& value) {
  const auto bytes = std::as_bytes(std::span(&value, 1));
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_test(std::vector<std::byte>& filter, std::uint8_t code, std::uint16_t port, std::uint16_t otherwise) {
  append(filter, inet_diag_bc_op{code, 2 * sizeof(inet_diag_bc_op), otherwise});
  append(filter, inet_diag_bc_op{INET_DIAG_BC_NOP, 0, port});
}

}  // namespace

TcpFigures read_tcp_figures(std::span<const std::byte> body) {
  const auto info = io::read_value<tcp_info>(body);
  TcpFigures figures;
  figures.has_bytes = body.size() >= offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received;
  figures.has_sent = body.size() >= offsetof(tcp_info, tcpi_bytes_retrans) + sizeof info.tcpi_bytes_retrans;
  figures.bytes_acked = info.tcpi_bytes_acked;
  figures.bytes_received = info.tcpi_bytes_received;
  figures.bytes_sent = info.tcpi_bytes_sent;
  figures.bytes_retransmitted = info.tcpi_bytes_retrans;
  figures.delivery_bytes_per_second = info.tcpi_delivery_rate;
  figures.segments_out = info.tcpi_segs_out;
  figures.segments_in = info.tcpi_segs_in;
  figures.segments_retransmitted = info.tcpi_total_retrans;
  figures.rtt_microseconds = info.tcpi_rtt;
  figures.rtt_variance_microseconds = info.tcpi_rttvar;
  figures.rtt_min_microseconds = info.tcpi_min_rtt == ~0U ? 0 : info.tcpi_min_rtt;
  figures.last_data_sent_milliseconds = info.tcpi_last_data_sent;
  figures.last_data_received_milliseconds = info.tcpi_last_data_recv;
  figures.last_ack_received_milliseconds = info.tcpi_last_ack_recv;
  return figures;
}

std::optional<DiagSocket> read_socket(std::span<const std::byte> body) {
  if (body.size() < sizeof(inet_diag_msg)) return std::nullopt;
  const auto message = io::read_value<inet_diag_msg>(body);
  if (message.idiag_family != AF_INET && message.idiag_family != AF_INET6) return std::nullopt;
  std::optional<DiagSocket> socket(std::in_place);
  const bool known = message.idiag_state <= static_cast<unsigned>(SocketState::bound_inactive);
  socket->state = known ? static_cast<SocketState>(message.idiag_state) : SocketState::unknown;
  socket->local = {read_address(message.idiag_family, message.id.idiag_src), from_network(message.id.idiag_sport)};
  socket->peer = {read_address(message.idiag_family, message.id.idiag_dst), from_network(message.id.idiag_dport)};
  socket->cookie = std::uint64_t{message.id.idiag_cookie[1]} << 32U | message.id.idiag_cookie[0];
  socket->user = message.idiag_uid;
  socket->inode = message.idiag_inode;
  socket->receive_queue = message.idiag_rqueue;
  socket->send_queue = message.idiag_wqueue;
  socket->interface = message.id.idiag_if;
  io::for_each_attribute(body.subspan(sizeof message), [&](const io::NetlinkAttribute& attribute) {
    switch (attribute.type) {
      case INET_DIAG_INFO:
        socket->tcp = read_tcp_figures(attribute.body);
        break;
      case INET_DIAG_CGROUP_ID:
        socket->cgroup = io::read_value<std::uint64_t>(attribute.body);
        break;
      case INET_DIAG_SKMEMINFO:
        if (attribute.body.size() >= drops_at + sizeof(std::uint32_t))
          socket->dropped = io::read_value<std::uint32_t>(attribute.body.subspan(drops_at));
        break;
      case INET_DIAG_PROTOCOL:
        if (const auto number = io::read_value<std::uint8_t>(attribute.body); number == IPPROTO_TCP) {
          socket->protocol = model::Protocol::tcp;
        } else if (number == IPPROTO_UDP) {
          socket->protocol = model::Protocol::udp;
        }
        break;
      default:
        break;
    }
  });
  return socket;
}

// A socket is taken when a jump lands on the very end, and left out when it lands behind it. "yes" reaches 255 bytes
// only, so a port that matches goes on to a jump of its own.
std::vector<std::byte> port_filter(std::span<const std::uint16_t> ports, PortTest test) {
  constexpr std::size_t op = sizeof(inet_diag_bc_op);
  ports = ports.first(std::min(ports.size(), most_filtered_ports));
  const std::size_t tests = test == PortTest::equal ? 2 * op : 4 * op;
  std::vector<std::byte> filter;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const bool last = i + 1 == ports.size();
    const auto next = static_cast<std::uint16_t>(tests + op);  // behind the last one: past the end
    if (test == PortTest::equal) {
      append_test(filter, INET_DIAG_BC_S_EQ, ports[i], next);
    } else {
      append_test(filter, INET_DIAG_BC_S_GE, ports[i], next);
      append_test(filter, INET_DIAG_BC_S_LE, ports[i], static_cast<std::uint16_t>(next - 2 * op));
    }
    const std::size_t behind = (ports.size() - i - 1) * (tests + op);
    if (!last) append(filter, inet_diag_bc_op{INET_DIAG_BC_JMP, op, static_cast<std::uint16_t>(op + behind - op)});
  }
  return filter;
}

std::vector<std::byte> dump_request(const DumpOrder& order) {
  inet_diag_req_v2 wanted{};
  const bool tcp = order.protocol == model::Protocol::tcp;
  wanted.sdiag_family = order.v6 ? AF_INET6 : AF_INET;
  wanted.sdiag_protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
  wanted.idiag_states = order.states;
  if (order.figures)
    wanted.idiag_ext = static_cast<std::uint8_t>(1U << ((tcp ? INET_DIAG_INFO : INET_DIAG_SKMEMINFO) - 1U));
  const auto filter = port_filter(order.local_ports, order.test);
  const std::size_t attribute_bytes = filter.empty() ? 0 : NLA_HDRLEN + filter.size();
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + sizeof wanted + attribute_bytes);
  header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = order.sequence;
  std::vector<std::byte> request;
  append(request, header);
  append(request, wanted);
  if (!filter.empty()) {
    append(request, nlattr{static_cast<std::uint16_t>(attribute_bytes), INET_DIAG_REQ_BYTECODE});
    request.insert(request.end(), filter.begin(), filter.end());
  }
  return request;
}

}  // namespace davylamp::sockets
