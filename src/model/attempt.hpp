// Attempts to reach a service, let in or not, as a firewall's or a VPN's log tells them.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "model/place.hpp"

namespace davylamp::model {

// accepted: the firewall let it pass. refused: the firewall did not. failed: it came through and the VPN refused it.
enum class AttemptOutcome { accepted, refused, failed };
BOOST_DESCRIBE_ENUM(AttemptOutcome, accepted, refused, failed)

// The attempts of one address at one port within one hour, counted by one source since it started. `number` is the
// source's own for this row, unique with the source's boot: the store keeps the greatest count it was told, so that
// nothing counts twice. `address` is absent for what came from more addresses than are kept apart, and where the
// privacy mode takes it away.
struct AttemptCount {
  std::uint64_t number = 0;
  base::Time hour_at{};
  std::optional<Address> address;
  std::optional<Place> place;  // left empty by sources
  std::string protocol;        // "udp", "tcp", "icmp", ...; may be empty
  std::optional<std::uint16_t> port;
  AttemptOutcome outcome = AttemptOutcome::refused;
  std::string why;     // the log's prefix ("[VPN-CONN]"), or "tls_error", "auth_failed", ...
  std::string user;    // that was tried, where the log tells it
  std::string server;  // whose attempts these are
  std::uint64_t count = 0;
  base::Time first_at{};
  base::Time last_at{};
  bool operator==(const AttemptCount&) const = default;
};
BOOST_DESCRIBE_STRUCT(AttemptCount, (),
                      (number, hour_at, address, place, protocol, port, outcome, why, user, server, count, first_at,
                       last_at))

}  // namespace davylamp::model
