#include "witness/sockets/listening.hpp"

#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <poll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/result.hpp"
#include "base/text.hpp"
#include "io/netlink.hpp"
#include "witness/sockets/diag_messages.hpp"

namespace davylamp::sockets {
namespace {

constexpr int answer_within_milliseconds = 2'000;

std::uint32_t waiting_states(model::Protocol protocol) {
  return state_bit(protocol == model::Protocol::tcp ? SocketState::listening : SocketState::closed);
}

void take(model::Protocol protocol, const io::NetlinkMessage& message, std::vector<ListeningSocket>& sockets) {
  const auto socket = read_socket(message.body);
  if (!socket || socket->local.port == 0 || socket->peer.port != 0) return;
  sockets.push_back({protocol, socket->local.address, *socket->local.port, socket->inode, socket->cgroup});
}

void list_into(io::Netlink& netlink, const DumpOrder& order, std::vector<ListeningSocket>& sockets) {
  netlink.send(dump_request(order));
  int error = 0;
  bool done = false;
  while (!done) {
    pollfd waiting{netlink.native_handle(), POLLIN, 0};
    if (::poll(&waiting, 1, answer_within_milliseconds) != 1)
      throw base::Failure("netlink", "the kernel did not list its sockets in time");
    netlink.read([&](std::span<const std::byte> datagram) {
      io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
        if (message.sequence != order.sequence) return;
        if (message.type == SOCK_DIAG_BY_FAMILY) return take(order.protocol, message, sockets);
        done |= message.type == NLMSG_DONE || message.type == NLMSG_ERROR;
        if (done) error = -io::read_value<int>(message.body);
      });
    });
  }
  if (error != 0 && error != ENOENT)
    throw base::Failure("netlink", std::string("the kernel did not list its sockets: ") + std::strerror(error));
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "0100007F:0277": each 32-bit word of the address in the host's order.
std::optional<model::Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != 8 && colon != 32) return std::nullopt;
  const auto port = hexadecimal(text.substr(colon + 1));
  if (!port || *port > 65'535) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t word = 0; word < colon / 8; ++word) {
    const auto value = hexadecimal(text.substr(word * 8, 8));
    if (!value) return std::nullopt;
    for (unsigned i = 0; i < 4; ++i) bytes[word * 4 + i] = static_cast<std::uint8_t>(*value >> (8 * i));
  }
  const auto address =
      colon == 8 ? model::Address::from_v4({bytes[0], bytes[1], bytes[2], bytes[3]}) : model::Address::from_v6(bytes);
  return model::Endpoint{address, static_cast<std::uint16_t>(*port)};
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    const auto begin = line.find_first_not_of(" \t\r", at);
    if (begin == std::string_view::npos) break;
    at = std::min(line.find_first_of(" \t\r", begin), line.size());
    words.push_back(line.substr(begin, at - begin));
  }
  return words;
}

// "00000000:00000052"
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_pair(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto first = hexadecimal(text.substr(0, colon));
  const auto second = hexadecimal(text.substr(colon + 1));
  if (!first || !second) return std::nullopt;
  return std::pair(*first, *second);
}

}  // namespace

std::optional<ProcNetRow> parse_proc_net_row(std::string_view line) {
  const auto words = words_of(line);
  if (words.size() < 10 || !words[0].ends_with(':')) return std::nullopt;
  if (!base::parse_number<std::uint64_t>(words[0].substr(0, words[0].size() - 1))) return std::nullopt;
  const auto local = parse_endpoint(words[1]);
  const auto remote = parse_endpoint(words[2]);
  const auto state = hexadecimal(words[3]);
  const auto queues = parse_pair(words[4]);
  const auto timer = parse_pair(words[5]);
  const auto retransmissions = hexadecimal(words[6]);
  const auto user = base::parse_number<std::uint32_t>(words[7]);
  const auto inode = base::parse_number<std::uint64_t>(words[9]);
  if (!local || !remote || !state || *state > 255 || !queues || !timer || !retransmissions || !user || !inode)
    return std::nullopt;
  ProcNetRow row{*local, *remote, static_cast<std::uint8_t>(*state), queues->first, queues->second, 0, 0, 0, 0, 0, {}};
  row.timer = static_cast<std::uint32_t>(timer->first);
  row.timer_jiffies = timer->second;
  row.retransmissions = *retransmissions;
  row.user = *user;
  row.inode = *inode;
  // inode, references, pointer, drops; a TCP row ends after the pointer or goes on with five figures.
  if (words.size() == 13) row.drops = base::parse_number<std::uint64_t>(words[12]);
  row.v6 = words[1].find(':') == 32;
  return row;
}

std::vector<ListeningSocket> list_listening() {
  boost::asio::io_context unused;
  io::Netlink netlink(unused.get_executor(), {.protocol = NETLINK_SOCK_DIAG});
  std::vector<ListeningSocket> sockets;
  std::uint32_t sequence = 0;
  for (const auto protocol : {model::Protocol::tcp, model::Protocol::udp}) {
    for (const bool v6 : {false, true}) {
      DumpOrder order{v6, protocol, waiting_states(protocol), {}, false, PortTest::equal};
      order.sequence = ++sequence;
      list_into(netlink, order, sockets);
    }
  }
  return sockets;
}

std::vector<ListeningSocket> read_listening(const std::string& root) {
  std::vector<ListeningSocket> sockets;
  for (const std::string name : {"tcp", "tcp6", "udp", "udp6"}) {
    const auto protocol = name.starts_with("tcp") ? model::Protocol::tcp : model::Protocol::udp;
    std::ifstream file(std::filesystem::path(root + "/proc/net") / name);
    for (std::string line; std::getline(file, line);) {
      const auto row = parse_proc_net_row(line);
      if (!row || row->local.port == 0 || row->remote.port != 0) continue;
      if ((waiting_states(protocol) & 1U << (row->state & 31U)) == 0) continue;
      sockets.push_back({protocol, row->local.address, *row->local.port, row->inode, 0});
    }
  }
  return sockets;
}

}  // namespace davylamp::sockets
