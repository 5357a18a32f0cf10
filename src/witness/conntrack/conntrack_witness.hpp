// The kernel's connection tracking as a witness.
#pragma once

#include <memory>

#include "base/time.hpp"
#include "contract/witness.hpp"

namespace davylamp::conntrack {

struct Config {
  contract::WatchedPorts ports;
  base::Milliseconds list_every{2'000};  // counters come with listings only
};

// `clock` must outlive it.
std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock);

}  // namespace davylamp::conntrack
