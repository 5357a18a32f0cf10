// A VPN server, as its source reports it and as the page shows it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "model/place.hpp"

namespace davylamp::model {

enum class ServerState {
  connecting,  // not reached yet
  up,
  held,   // waits for "hold release"
  busy,   // another program holds the management interface
  stale,  // reached, but its answers are late or unreadable
  down,
};
BOOST_DESCRIBE_ENUM(ServerState, connecting, up, held, busy, stale, down)

// What a source knows of its server.
struct ServerFacts {
  ServerState state = ServerState::connecting;
  std::string health;  // one sentence for people: what is the matter, why, what to do
  std::optional<std::string> version;
  std::optional<std::uint32_t> process_id;
  std::optional<base::Time> started_at;
  std::optional<Address> local_address;  // public or configured; where the server stands on the map
  std::optional<std::string> transport;
  bool lab = false;            // a server of the built-in lab: its clients are simulated
  std::uint64_t problems = 0;  // what could not be understood since Davylamp started
  std::optional<base::Time> last_snapshot_at;
  bool operator==(const ServerFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(ServerFacts, (),
                      (state, health, version, process_id, started_at, local_address, transport, lab, problems,
                       last_snapshot_at))

struct Server {
  std::string name;
  std::string source;
  ServerState state = ServerState::connecting;
  std::string health;
  base::Time since_at{};  // when this state began
  std::optional<std::string> version;
  std::optional<std::uint32_t> process_id;
  std::optional<base::Time> started_at;
  std::optional<Address> local_address;
  std::optional<std::string> transport;
  std::uint64_t sessions = 0;
  std::uint64_t rx_bytes = 0;  // of all its sessions since Davylamp first saw it
  std::uint64_t tx_bytes = 0;
  std::optional<base::Time> last_snapshot_at;
  std::optional<Place> place;
  bool lab = false;
  std::uint64_t problems = 0;
  bool operator==(const Server&) const = default;
};
BOOST_DESCRIBE_STRUCT(Server, (),
                      (name, source, state, health, since_at, version, process_id, started_at, local_address, transport,
                       sessions, rx_bytes, tx_bytes, last_snapshot_at, place, lab, problems))

}  // namespace davylamp::model
