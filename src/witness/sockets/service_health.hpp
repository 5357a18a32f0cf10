// What the sockets of a watched service themselves say: whether it listens, whether it keeps up. Think only.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "contract/witness.hpp"
#include "witness/sockets/diag_messages.hpp"

namespace davylamp::sockets {

// Filled anew by every dump.
class ServiceHealth {
 public:
  void clear() { tcp_.clear(), udp_.clear(); }
  void note_listening(const DiagSocket& socket);
  void note_datagram(const DiagSocket& socket);
  // What the witness sees, as sentences; why a UDP service has no peers here, and what to use instead.
  std::string text(const contract::WatchedPorts& ports) const;

 private:
  struct Listening {
    std::uint64_t waiting = 0;
    std::uint64_t most_waiting = 0;
  };
  struct Datagrams {
    std::uint64_t queued_bytes = 0;
    std::uint64_t dropped = 0;
  };
  std::map<std::uint16_t, Listening> tcp_;
  std::map<std::uint16_t, Datagrams> udp_;
};

}  // namespace davylamp::sockets
