// Talks: where the operator sits who runs a command over SSH.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/address.hpp"

namespace davylamp::app {

struct OperatorConnection {
  model::Address address;          // the operator's
  std::uint16_t server_port = 22;  // of this host
  bool operator==(const OperatorConnection&) const = default;
};

// From SSH_CONNECTION (else SSH_CLIENT) of this process and those it came from, because sudo and su take it away. Each
// once; empty on a console. `root` stands in front of /proc.
std::vector<OperatorConnection> operator_connections(const std::string& root, std::uint32_t process_id);

}  // namespace davylamp::app
