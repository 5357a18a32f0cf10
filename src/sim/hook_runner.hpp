// Runs a real hook program as OpenVPN would: in its place, with its environment, and waiting for it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "sim/hooks.hpp"
#include "sim/random.hpp"

namespace davylamp::sim {

class HookRunner : public Hooks {
 public:
  struct Settings {
    std::string command;  // a program and its arguments, separated by spaces
    double loss = 0;      // the share of disconnects whose hook is not run, as when a machine dies
    std::uint64_t seed = 1;
  };
  // Throws Failure when there is no such program.
  explicit HookRunner(const Settings& settings);
  bool connect(const std::vector<std::string>& environment) override;
  bool disconnect(const std::vector<std::string>& environment) override;
  std::uint64_t failures() const { return failures_; }

 private:
  // The exit code; -1 when it could not be run or ended by a signal.
  int run(const std::vector<std::string>& environment);

  std::vector<std::string> words_;
  double loss_;
  Random random_;
  std::uint64_t failures_ = 0;
};

}  // namespace davylamp::sim
