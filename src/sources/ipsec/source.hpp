// strongSwan, asked by its VICI socket: who is in its tunnels, from where, how much they move.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "contract/source.hpp"

namespace davylamp::ipsec {

struct Config {
  std::string name;
  std::string socket = "/var/run/charon.vici";
  double poll_seconds = 3.0;
  std::string state_file;  // what must be remembered over a restart, so that nothing counts twice; 0600
  std::optional<std::string> address;
  bool lab = false;
};

// `clock` must outlive it.
std::unique_ptr<contract::Source> make_source(const Config& config, const base::Clock& clock);

}  // namespace davylamp::ipsec
