// What the page's card of a watched service says.
#pragma once

#include <string>
#include <vector>

#include "contract/witness.hpp"
#include "model/server.hpp"

namespace davylamp::watch {

// "udp 443, tcp 443"; empty when there are none.
std::string listens_on(const contract::WatchedPorts& ports);

struct CardFacts {
  std::string service;
  contract::WatchedPorts ports;
  std::optional<std::string> process;
  std::vector<model::WitnessFacts> witnesses;
  std::optional<std::string> remark;              // what is amiss with what is remembered
  std::vector<std::string> wanted_interfaces;     // names or patterns, as configured
  std::vector<model::InterfaceFacts> interfaces;  // those of them that are there
};
// State and the sentence that says why, the witnesses and the ports. up: one that counts looks. connecting: it is not
// decided yet. stale: the one that counts broke and is waited for. down: none looks.
model::ServerFacts card_of(const CardFacts& facts);

}  // namespace davylamp::watch
