// The nouns of the country firewall.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "enrich/geoip/intervals.hpp"
#include "model/counters.hpp"

namespace davylamp::app {

// Ports of this host, as clients name them.
struct FencePorts {
  std::vector<std::uint16_t> udp;
  std::vector<std::uint16_t> tcp;
  bool operator==(const FencePorts&) const = default;
};
BOOST_DESCRIBE_STRUCT(FencePorts, (), (udp, tcp))

// Who may reach a service. With `allow` or `asn` those alone may who are named there, else everybody; never who is in
// `deny` or `deny_asn`; always who is in `also`, and without `strict` private addresses.
struct FenceRequest {
  std::string service;
  FencePorts ports;
  std::vector<std::string> allow;  // ISO 3166-1 alpha-2
  std::vector<std::string> deny;
  std::vector<std::uint32_t> asn;
  std::vector<std::uint32_t> deny_asn;
  std::vector<std::string> also;  // addresses and networks; the operator's own among them
  bool strict = false;
  bool operator==(const FenceRequest&) const = default;
};
BOOST_DESCRIBE_STRUCT(FenceRequest, (), (service, ports, allow, deny, asn, deny_asn, also, strict))

// How many networks a country or a network of the request has after joining neighbours.
struct FenceShare {
  std::string name;  // "IR", "AS64500"
  std::uint64_t networks_v4 = 0;
  std::uint64_t networks_v6 = 0;
};
BOOST_DESCRIBE_STRUCT(FenceShare, (), (name, networks_v4, networks_v6))

// A request and what the databases make of it.
struct CompiledFence {
  bool allows = true;        // `listed` may come in; else `listed` may not
  geoip::AddressSet listed;  // without what is in `always`
  geoip::AddressSet always;  // may come in, wherever it is
  std::vector<FenceShare> shares;
  std::vector<std::string> notes;      // what the operator should know, each a sentence
  std::vector<std::string> databases;  // that were read
  bool lets_in(const model::Address& address) const;
};

// A fence as the kernel holds it: `generation` tells it from those before.
struct FenceId {
  std::string key;  // of the service: a name that nftables takes
  std::uint64_t generation = 0;
  FencePorts ports;
};

// What the kernel counted, IPv4 and IPv6 apart.
struct FenceCount {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(FenceCount, (), (packets, bytes))
struct FenceCounts {
  FenceCount allowed4;
  FenceCount allowed6;
  FenceCount refused4;
  FenceCount refused6;
};
BOOST_DESCRIBE_STRUCT(FenceCounts, (), (allowed4, allowed6, refused4, refused6))

}  // namespace davylamp::app
