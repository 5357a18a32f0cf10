// One connection of one client, as OpenVPN keeps it; and what is to be remembered of it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <string>

#include "base/time.hpp"
#include "model/address.hpp"

namespace davylamp::sim {

// Who was the last to tell a monitor of a session's bytes.
enum class ToldBy { nothing, bytecount, status, hook };
BOOST_DESCRIBE_ENUM(ToldBy, nothing, bytecount, status, hook)

// The truth about one session, to compare a monitor's books with.
struct Account {
  std::string server;
  std::string common_name;
  std::int64_t since = 0;  // UNIX seconds: "Connected Since (time_t)"
  std::string virtual_address;
  std::uint64_t client_id = 0;
  std::uint64_t rx_bytes = 0;  // what really passed
  std::uint64_t tx_bytes = 0;
  std::uint64_t told_rx_bytes = 0;  // the most that any monitor was told
  std::uint64_t told_tx_bytes = 0;
  ToldBy told_by = ToldBy::nothing;
  double told_at = 0;        // UNIX seconds; 0: never
  double ended_at = 0;       // UNIX seconds; 0: open
  bool was_session = false;  // false: a handshake, or a login that was refused
};
BOOST_DESCRIBE_STRUCT(Account, (),
                      (server, common_name, since, virtual_address, client_id, rx_bytes, tx_bytes, told_rx_bytes,
                       told_tx_bytes, told_by, told_at, ended_at, was_session))

enum class Phase : std::uint8_t { handshake, established, refused };

struct Instance {
  bool live = false;
  std::uint32_t serial = 0;  // tells the users of one slot apart
  std::uint32_t person = 0;
  std::uint64_t client_id = 0;
  Phase phase = Phase::handshake;
  bool leaving = false;  // waits for its end; a client-kill or a goodbye came
  bool muted = false;    // the client has stopped using it
  base::Time since{};
  base::Time moved_at{};     // bytes are counted up to here
  base::Time reported_at{};  // the last byte count line
  std::int64_t last_ref = 0;
  std::uint64_t rx_bps = 0;  // bytes per second, for now
  std::uint64_t tx_bps = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  model::Address real;
  std::uint16_t port = 0;
  std::uint32_t pool_index = 0;
  std::string real_text;  // as this version of OpenVPN writes it
  std::string virtual_address;
  std::string virtual_address6;
  std::string since_text;
  std::uint64_t told_rx_bytes = 0;
  std::uint64_t told_tx_bytes = 0;
  ToldBy told_by = ToldBy::nothing;
  base::Time told_at{};
  void told(ToldBy by, base::Time at) {
    told_rx_bytes = rx_bytes;
    told_tx_bytes = tx_bytes;
    told_by = by;
    told_at = at;
  }
};

}  // namespace davylamp::sim
