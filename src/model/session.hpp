// One connection of one user through one server, from open to close.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "model/counters.hpp"
#include "model/evidence.hpp"
#include "model/place.hpp"

namespace davylamp::model {

// Given by the tracker, never reused, below 2^53 so that a page can hold it as a number.
using SessionId = std::uint64_t;

enum class SessionState { open, closed };
BOOST_DESCRIBE_ENUM(SessionState, open, closed)

// Why a session ended, as far as is known.
enum class EndReason {
  left,     // absent from two complete listings
  restart,  // the server restarted
  timeout,  // the source said so
  killed,   // by an operator
  quota,    // a limit was reached
  blocked,  // the user was blocked
  away,     // ended while Davylamp was not running
  unknown,
};
BOOST_DESCRIBE_ENUM(EndReason, left, restart, timeout, killed, quota, blocked, away, unknown)

struct Session {
  SessionId id = 0;
  std::string server;  // the server's name, unique in this installation
  std::string source;  // the kind of evidence: "openvpn", "wireguard", "watch"
  std::string user;    // username if one was sent, else the common name, the peer's name, or its address
  std::optional<std::string> common_name;
  std::optional<std::string> username;
  std::string transport;  // "udp", "tcp" or empty
  std::optional<Address> real_address;
  std::optional<std::uint16_t> real_port;
  std::optional<Address> virtual_address;
  std::optional<Address> virtual_address6;
  std::optional<std::string> cipher;
  std::optional<std::string> client_version;
  std::optional<std::string> platform;
  base::Time opened_at{};
  base::Time last_seen_at{};
  std::optional<base::Time> closed_at;
  std::optional<EndReason> end_reason;
  SessionState state = SessionState::open;
  bool adopted = false;  // it was open before Davylamp first saw its server
  bool final = false;    // the counters are the server's last word
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bps = 0;  // bits per second, over the last reports
  std::uint64_t tx_bps = 0;
  std::optional<Place> place;
  std::optional<Evidence> evidence;    // absent while only its own source looks
  std::optional<Quality> quality;      // absent where it cannot be known
  std::optional<std::uint32_t> flows;  // open flows of a watched service's peer

  Counters counters() const { return {rx_bytes, tx_bytes}; }
  bool operator==(const Session&) const = default;
};
BOOST_DESCRIBE_STRUCT(Session, (),
                      (id, server, source, user, common_name, username, transport, real_address, real_port,
                       virtual_address, virtual_address6, cipher, client_version, platform, opened_at, last_seen_at,
                       closed_at, end_reason, state, adopted, final, rx_bytes, tx_bytes, rx_bps, tx_bps, place,
                       evidence, quality, flows))

}  // namespace davylamp::model
