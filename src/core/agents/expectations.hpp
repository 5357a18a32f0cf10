// What operators laid down, ready to be compared with; and what is known of the site's real addresses.
#pragma once

#include <string>
#include <vector>

#include "model/agent.hpp"
#include "model/network.hpp"

namespace davylamp::core {

// Blocks that cannot be read are left out: the edge refuses them.
struct Expectations {
  std::vector<model::Network> exit_networks;
  std::vector<model::Network> resolver_networks;
  std::vector<model::Network> real_networks;
  explicit Expectations(const model::AgentSettings& settings);
};

bool in_any(const std::vector<model::Network>& networks, const model::Address& address);

// Where an exit is: the hub's databases, else what the look-ups that agree on it say.
model::Place place_of(const model::ExitReport& exit);
// "Germany", "DE"; "an unknown country".
std::string country_text(const model::Place& place);
// "203.0.113.53 (Nordlicht, Germany)", as much as is known.
std::string address_text(const model::Address& address, const model::Place& place);

// What agents of one site share: their addresses outside the tunnel, as configured and as seen.
struct Site {
  static constexpr std::size_t most_seen = 64;
  static constexpr std::size_t most_configured = 256;
  std::vector<model::Network> configured;
  std::vector<model::RealAddress> seen;  // each address once

  void add(const Expectations& expected);
  // True when it is new.
  bool add(const model::RealAddress& real);
  bool contains(const model::Address& address) const;
  // The network (AS) of one that was seen.
  bool has_asn(std::uint32_t asn) const;
};

}  // namespace davylamp::core
