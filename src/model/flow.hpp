// Flows of a watched service, as witnesses see them from outside the VPN: addresses, ports, bytes, no names.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "model/address.hpp"
#include "model/counters.hpp"
#include "model/evidence.hpp"

namespace davylamp::model {

enum class Protocol : std::uint8_t { udp, tcp };
BOOST_DESCRIBE_ENUM(Protocol, udp, tcp)

// What the bytes of a flow are: whole IP packets, or what the transport carried (a TCP socket's stream, UDP payload).
enum class CountedLayer : std::uint8_t { ip, payload };
BOOST_DESCRIBE_ENUM(CountedLayer, ip, payload)

// Absolute, from the flow's start as far as the witness saw it; rx is what the service received.
struct FlowCounters {
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_packets = 0;
  std::uint64_t tx_packets = 0;
  Counters bytes() const { return {rx_bytes, tx_bytes}; }
  bool operator==(const FlowCounters&) const = default;
};
BOOST_DESCRIBE_STRUCT(FlowCounters, (), (rx_bytes, tx_bytes, rx_packets, tx_packets))

// One exchange between a peer and the service. `identity` is the witness's own number for it: another number is
// another flow, though all addresses are equal; it outlives a restart of Davylamp where the kernel's own number does
// (a conntrack id with its start, a socket's cookie). Only one witness's identities can be compared.
struct FlowSeen {
  std::uint64_t identity = 0;
  Protocol protocol = Protocol::udp;
  Endpoint peer;
  std::uint16_t service_port = 0;
  std::optional<FlowCounters> counters;  // absent where this report does not tell them
  base::Time began_at{};                 // as far as is known
  base::Time last_seen_at{};             // when a packet passed last, as far as is known
  std::optional<Quality> quality;
  bool operator==(const FlowSeen&) const = default;
};
BOOST_DESCRIBE_STRUCT(FlowSeen, (), (identity, protocol, peer, service_port, counters, began_at, last_seen_at, quality))

// The flow is over; `counters` are its last word when the witness knows them.
struct FlowEnded {
  std::uint64_t identity = 0;
  std::optional<FlowCounters> counters;
  base::Time ended_at{};
};
BOOST_DESCRIBE_STRUCT(FlowEnded, (), (identity, counters, ended_at))

}  // namespace davylamp::model
