// The command line of davylamp-sim.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sim/population.hpp"
#include "sim/server.hpp"

namespace davylamp::sim {

struct Options {
  bool help = false;
  std::string directory;
  std::uint64_t sockets = 4;
  std::uint64_t clients = 1'000;
  std::uint64_t seed = 1;
  std::optional<double> seconds;  // then it ends
  ServerSettings server;          // what all servers have in common
  PopulationSettings population;
  bool status_file = false;
  int status_format = 3;
  double status_seconds = 10;
  std::optional<std::string> truth;
  std::optional<std::string> script;
  std::optional<std::string> toml;
  std::optional<std::string> hook;
  double hook_loss = 0;
};

// The words behind the program's name. Fails with "usage" and one line that names the word.
base::Result<Options> parse_options(std::span<const std::string_view> words);
// What --help prints.
std::string_view usage();

}  // namespace davylamp::sim
