// What an agent inside a tunnel says of it, as the hub keeps it: one shape, whoever reported (our agent, other tools).
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/address.hpp"
#include "model/place.hpp"

namespace davylamp::model {

// Which way the report came.
enum class HeartbeatKind {
  agent,     // davylamp-agent
  sentinel,  // POST /api/v1/keepalive with the body of VPN Sentinel's client
  ping,      // a healthchecks.io-style ping, an Uptime-Kuma push: alive, and nothing else
};
BOOST_DESCRIBE_ENUM(HeartbeatKind, agent, sentinel, ping)

// What one look-up of the own public address answered. Either `address` or `error` is set.
struct LookupAnswer {
  std::string provider;  // "ipinfo", "cloudflare", "ip-api", "hub"
  std::optional<Address> address;
  std::optional<std::string> country_code;  // as the provider says; the hub's own databases win
  std::optional<std::string> city;
  std::optional<std::uint32_t> asn;
  std::optional<std::string> network;
  std::optional<std::string> error;
  bool operator==(const LookupAnswer&) const = default;
};
BOOST_DESCRIBE_STRUCT(LookupAnswer, (), (provider, address, country_code, city, asn, network, error))

// The public address in one family. `address` is what most of the answers agree on; absent without an agreement.
struct ExitReport {
  bool routed = false;  // the host has a default route in this family
  std::optional<Address> address;
  std::uint32_t agreeing = 0;  // answers that say `address`
  std::uint32_t answered = 0;  // answers with any address
  std::vector<LookupAnswer> answers;
  std::optional<Place> place;  // of `address`, filled in by the hub
  bool operator==(const ExitReport&) const = default;
};
BOOST_DESCRIBE_STRUCT(ExitReport, (), (routed, address, agreeing, answered, answers, place))

// An address from which a resolver asked an authoritative server on this agent's behalf: the true egress.
struct ResolverSighting {
  std::string method;  // "whoami_google", "whoami_akamai", "canary", "location" (only a country is known)
  std::optional<Address> address;
  std::optional<std::string> country_code;
  std::optional<std::string> client_subnet;  // ECS (RFC 7871), "198.51.100.0/24"
  std::optional<std::string> transport;      // "udp", "tcp"
  std::optional<Place> place;                // of `address`, filled in by the hub
  bool operator==(const ResolverSighting&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResolverSighting, (), (method, address, country_code, client_subnet, transport, place))

// `asked` unique names; those that nobody answered say nothing about a leak.
struct ResolverReport {
  std::uint32_t asked = 0;
  std::uint32_t answered = 0;
  std::vector<std::string> configured;  // what the system's resolver is told to ask ("127.0.0.11", "10.64.0.1")
  std::vector<ResolverSighting> seen;
  std::optional<std::string> canary;  // the name of this probe in the canary zone, without the zone
  bool operator==(const ResolverReport&) const = default;
};
BOOST_DESCRIBE_STRUCT(ResolverReport, (), (asked, answered, configured, seen, canary))

// The path to one target, over `sent` probes in a row. Times in milliseconds; jitter is the mean difference of
// neighbours (RFC 3550, 6.4.1, not smoothed).
struct PathReport {
  std::string target;  // "hub", or as configured
  std::uint32_t sent = 0;
  std::uint32_t received = 0;
  std::optional<double> latency_milliseconds;  // median
  std::optional<double> jitter_milliseconds;
  bool operator==(const PathReport&) const = default;
};
BOOST_DESCRIBE_STRUCT(PathReport, (), (target, sent, received, latency_milliseconds, jitter_milliseconds))

// Which way the packets go on the agent's host.
struct LinkReport {
  std::optional<std::string> tunnel;  // "tun0", "wg0"
  bool tunnel_up = false;
  std::optional<std::string> default_v4;  // the interface of the default route
  std::optional<std::string> default_v6;
  std::uint64_t rx_bytes = 0;  // of the tunnel since it came up
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_bps = 0;  // since the report before
  std::uint64_t tx_bps = 0;
  bool operator==(const LinkReport&) const = default;
};
BOOST_DESCRIBE_STRUCT(LinkReport, (), (tunnel, tunnel_up, default_v4, default_v6, rx_bytes, tx_bytes, rx_bps, tx_bps))

// A cron line or a container may also say that something failed.
enum class HeartbeatSignal { alive, started, failed };
BOOST_DESCRIBE_ENUM(HeartbeatSignal, alive, started, failed)

// `agent` is the agent's name here: that of its token, or what it calls itself under a shared key. `measured_at` is the
// agent's clock, corrected by what the hub measured; `received_at` the hub's. `late`: it waited in the agent's queue.
// `number` is the journal's: it grows by one with every heartbeat that was accepted.
struct Heartbeat {
  std::uint64_t number = 0;
  std::string agent;
  HeartbeatKind kind = HeartbeatKind::ping;
  HeartbeatSignal signal = HeartbeatSignal::alive;
  base::Time received_at{};
  base::Time measured_at{};
  bool late = false;
  std::optional<std::uint32_t> interval_seconds;  // as the agent says: when the next one is to be expected
  std::optional<std::string> version;
  std::optional<std::string> note;  // of a ping: its message, at most 500 bytes
  std::optional<Address> connected_from;
  std::optional<Place> connected_place;  // filled in by the hub
  std::optional<ExitReport> exit_v4;
  std::optional<ExitReport> exit_v6;
  std::optional<ResolverReport> resolver;
  std::vector<PathReport> paths;
  std::optional<LinkReport> link;
  bool operator==(const Heartbeat&) const = default;
};
BOOST_DESCRIBE_STRUCT(Heartbeat, (),
                      (number, agent, kind, signal, received_at, measured_at, late, interval_seconds, version, note,
                       connected_from, connected_place, exit_v4, exit_v6, resolver, paths, link))

// The canary zone was asked for a name: from where the resolver's question really came.
struct CanarySighting {
  std::string canary;  // the name without the zone: ResolverReport::canary
  Address resolver;
  std::optional<std::string> client_subnet;
  std::string transport;       // "udp", "tcp"
  std::optional<Place> place;  // of `resolver`, filled in by the hub
  base::Time at{};
  bool operator==(const CanarySighting&) const = default;
};
BOOST_DESCRIBE_STRUCT(CanarySighting, (), (canary, resolver, client_subnet, transport, place, at))

}  // namespace davylamp::model
