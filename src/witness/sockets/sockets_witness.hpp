// The kernel's TCP sockets as a witness.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "base/time.hpp"
#include "contract/witness.hpp"

namespace davylamp::sockets {

struct Config {
  contract::WatchedPorts ports;
  // Absent: 5 s up to 20,000 connections, 15 to 30 s above.
  std::optional<base::Milliseconds> list_every{};
  std::size_t event_bytes = std::size_t{16} << 20U;  // room for ends of connections that are not read yet
};

// Needs no privilege. `clock` must outlive it.
std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock);

}  // namespace davylamp::sockets
