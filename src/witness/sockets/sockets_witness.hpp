// The kernel's TCP sockets as a witness.
#pragma once

#include <memory>

#include "base/time.hpp"
#include "contract/witness.hpp"

namespace davylamp::sockets {

struct Config {
  contract::WatchedPorts ports;
};

// `clock` must outlive it.
std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock);

}  // namespace davylamp::sockets
