#include "witness/sockets/service_health.hpp"

#include <algorithm>

namespace davylamp::sockets {
namespace {

constexpr std::uint64_t worth_telling_queue_bytes = 65'536;

std::string named(std::string_view protocol, const std::vector<std::uint16_t>& ports) {
  std::string text(protocol);
  text += ports.size() == 1 ? " port " : " ports ";
  for (std::size_t i = 0; i < ports.size() && i < 5; ++i) text += (i > 0 ? ", " : "") + std::to_string(ports[i]);
  return ports.size() > 5 ? text + " and " + std::to_string(ports.size() - 5) + " more" : text;
}

template <class Known>
std::vector<std::uint16_t> missing(const std::vector<std::uint16_t>& ports, const Known& known) {
  std::vector<std::uint16_t> none;
  std::ranges::copy_if(ports, std::back_inserter(none), [&](std::uint16_t port) { return !known.contains(port); });
  return none;
}

}  // namespace

void ServiceHealth::note_listening(const DiagSocket& socket) {
  auto& port = tcp_[socket.local.port.value_or(0)];
  port.waiting += socket.receive_queue;
  port.most_waiting += socket.send_queue;
}

void ServiceHealth::note_datagram(const DiagSocket& socket) {
  auto& port = udp_[socket.local.port.value_or(0)];
  port.queued_bytes += socket.receive_queue;
  port.dropped += socket.dropped;
}

std::string ServiceHealth::text(const contract::WatchedPorts& ports) const {
  std::string text;
  if (!ports.tcp.empty()) text = "sees the connections of " + named("TCP", ports.tcp) + " and their quality";
  if (const auto none = missing(ports.tcp, tcp_); !none.empty()) text += "; nothing listens on " + named("TCP", none);
  for (const auto& [port, state] : tcp_) {
    if (state.most_waiting > 0 && state.waiting >= state.most_waiting)
      text += "; TCP port " + std::to_string(port) + " does not accept as fast as clients come";
  }
  if (ports.udp.empty()) return text;
  text += text.empty() ? "" : "; ";
  text += "a UDP server has one socket for all its clients, so peers of " + named("UDP", ports.udp) +
          " do not show here: use ebpf or conntrack for them";
  if (const auto none = missing(ports.udp, udp_); !none.empty()) text += "; nothing is bound to " + named("UDP", none);
  for (const auto& [port, state] : udp_) {
    if (state.dropped > 0) {
      text += "; the socket of UDP port " + std::to_string(port) + " has dropped " + std::to_string(state.dropped) +
              " datagrams for want of room";
    } else if (state.queued_bytes >= worth_telling_queue_bytes) {
      text +=
          "; " + std::to_string(state.queued_bytes) + " bytes wait in the socket of UDP port " + std::to_string(port);
    }
  }
  return text;
}

}  // namespace davylamp::sockets
