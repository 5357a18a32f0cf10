// The kernel's connection tracking as a witness.
#pragma once

#include <cstddef>
#include <memory>

#include "base/time.hpp"
#include "contract/witness.hpp"

namespace davylamp::conntrack {

struct Config {
  contract::WatchedPorts ports;
  base::Milliseconds list_every{2'000};  // counters come with listings only
  // Room for events that wait to be read: a hundred thousand at once fit, each takes about 1.2 KB of twice this.
  std::size_t event_buffer_bytes = std::size_t{16} << 20U;
};

// `clock` must outlive it.
std::unique_ptr<contract::Witness> make_witness(const Config& config, const base::Clock& clock);

}  // namespace davylamp::conntrack
