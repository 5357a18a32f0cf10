// A WireGuard interface, in the kernel or in a userspace program.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "contract/source.hpp"

namespace davylamp::wireguard {

struct Config {
  std::string name;
  std::string interface;
  std::optional<std::string> socket;
  std::optional<std::string> config_file;
  double poll_seconds = 2.0;
  std::string state_file;  // what must be remembered over a restart, so that nothing counts twice; 0600
  std::optional<std::string> address;
  bool lab = false;
};

// `clock` must outlive it.
std::unique_ptr<contract::Source> make_source(const Config& config, const base::Clock& clock);

}  // namespace davylamp::wireguard
