// The sockets of this host that wait for clients, and whose they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.hpp"
#include "model/flow.hpp"

namespace davylamp::sockets {

struct ListeningSocket {
  model::Protocol protocol = model::Protocol::tcp;
  model::Address address;
  std::uint16_t port = 0;
  std::uint64_t inode = 0;
  std::uint64_t cgroup = 0;  // 0: not told
  bool operator==(const ListeningSocket&) const = default;
};

// Over sock_diag: TCP sockets that listen, UDP sockets that are bound and not connected. Takes well below a
// millisecond. Throws Failure when the kernel cannot.
std::vector<ListeningSocket> list_listening();
// The same from the texts in `root`/proc/net; what is not there is left out.
std::vector<ListeningSocket> read_listening(const std::string& root);

// One row of /proc/net/{tcp,tcp6,udp,udp6}.
struct ProcNetRow {
  model::Endpoint local;
  model::Endpoint remote;
  std::uint8_t state = 0;
  std::uint64_t send_queue = 0;
  std::uint64_t receive_queue = 0;
  std::uint32_t timer = 0;  // 1 retransmission, 2 keep-alive, 3 TIME-WAIT, 4 window probe
  std::uint64_t timer_jiffies = 0;
  std::uint64_t retransmissions = 0;
  std::uint32_t user = 0;
  std::uint64_t inode = 0;
  std::optional<std::uint64_t> drops;  // of UDP
  bool v6 = false;
};
// `line` without its end. Nothing when it is no row. Addresses are in the byte order of a little-endian host.
std::optional<ProcNetRow> parse_proc_net_row(std::string_view line);

}  // namespace davylamp::sockets
