// Programs and ports that VPNs and circumvention services are known by.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/flow.hpp"

namespace davylamp::app {

struct KnownService {
  std::string_view program;  // of its executable; one of a version or a platform ("xray-linux-64") is the same
  std::string_view name;     // proposed for the configuration
  std::string_view what;     // for people
  bool ppp = false;          // it makes an interface per client
};

// Null when it is none. `program` in any case.
const KnownService* known_program(std::string_view program);
// By the port that is usual for it, where the program cannot be seen.
const KnownService* known_port(model::Protocol protocol, std::uint16_t port);

}  // namespace davylamp::app
