// A VPN server, as its source reports it and as the page shows it.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/evidence.hpp"
#include "model/fence.hpp"
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

// When something that the server needs runs out. `what`: "certificate", "ca", "crl".
struct Expiry {
  std::string what;
  std::string name;  // its subject, or its file
  base::Time expires_at{};
  bool operator==(const Expiry&) const = default;
};
BOOST_DESCRIBE_STRUCT(Expiry, (), (what, name, expires_at))

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
  std::optional<std::string> mode;         // "server", "client", "point_to_point"
  std::optional<Address> public_address;   // configured, or looked up when the operator asked for that
  std::optional<std::string> listens_on;   // "udp 0.0.0.0:1194"
  std::optional<std::uint64_t> pool_size;  // virtual IPv4 addresses to give out
  std::optional<std::uint64_t> pool_used;
  std::optional<bool> dco;                 // data channel offload
  std::vector<std::string> warnings;       // known faults of this version or configuration, each a sentence
  std::vector<Expiry> expiries;            // soonest first
  std::vector<WitnessFacts> witnesses;     // who else looks at it
  std::vector<InterfaceFacts> interfaces;  // that belong to it
  std::optional<Place> place;              // left empty by sources
  std::optional<FenceFacts> fence;         // left empty by sources
  bool operator==(const ServerFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(ServerFacts, (),
                      (state, health, version, process_id, started_at, local_address, transport, lab, problems,
                       last_snapshot_at, mode, public_address, listens_on, pool_size, pool_used, dco, warnings,
                       expiries, witnesses, interfaces, place, fence))

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
  std::optional<std::string> mode;         // "server", "client", "point_to_point"
  std::optional<Address> public_address;   // configured, or looked up when the operator asked for that
  std::optional<std::string> listens_on;   // "udp 0.0.0.0:1194"
  std::optional<std::uint64_t> pool_size;  // virtual IPv4 addresses to give out
  std::optional<std::uint64_t> pool_used;
  std::optional<bool> dco;                 // data channel offload
  std::vector<std::string> warnings;       // known faults of this version or configuration, each a sentence
  std::vector<Expiry> expiries;            // soonest first
  std::vector<WitnessFacts> witnesses;     // who else looks at it
  std::vector<InterfaceFacts> interfaces;  // that belong to it
  std::optional<FenceFacts> fence;         // its country firewall
  bool operator==(const Server&) const = default;
};
BOOST_DESCRIBE_STRUCT(Server, (),
                      (name, source, state, health, since_at, version, process_id, started_at, local_address, transport,
                       sessions, rx_bytes, tx_bytes, last_snapshot_at, place, lab, problems, mode, public_address,
                       listens_on, pool_size, pool_used, dco, warnings, expiries, witnesses, interfaces, fence))

}  // namespace davylamp::model
