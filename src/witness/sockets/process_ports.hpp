// Which ports a program listens on, and which program listens on a port.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/witness.hpp"
#include "witness/sockets/listening.hpp"

namespace davylamp::sockets {

// The ports that processes of this name (the kernel's comm, or the base name of the executable) are bound to on this
// host. Walks /proc: some milliseconds; ask now and then. What cannot be read for want of privilege is left out.
contract::WatchedPorts ports_of(std::string_view process);
// The same of `sockets`, with `root` in front of /proc and /sys ("" on a real host).
contract::WatchedPorts ports_of(std::string_view process, const std::string& root,
                                const std::vector<ListeningSocket>& sockets);

struct Program {
  std::string name;  // of its executable; else the kernel's comm, cut off after 15 characters
  std::uint32_t process = 0;
  std::string unit;  // "conduit.service"; empty: none, or not known
  bool operator==(const Program&) const = default;
};
struct OwnedSocket {
  ListeningSocket socket;
  std::optional<Program> program;  // absent: not to be seen without privileges, or the kernel's own
};
// Who has each of `sockets` open, the lowest process number of several.
std::vector<OwnedSocket> owners_of(const std::vector<ListeningSocket>& sockets, const std::string& root);
// Who listens on that port of this host.
std::optional<Program> owner_of(std::uint16_t port, model::Protocol protocol);

}  // namespace davylamp::sockets
