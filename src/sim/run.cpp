#include "sim/run.hpp"

#include <ostream>

#include "sim/simulation.hpp"

namespace davylamp::sim {
namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 2;

}  // namespace

int run_simulator(std::span<const std::string_view> words, std::ostream& out, std::ostream& err) {
  const auto options = parse_options(words);
  if (!options) {
    err << "davylamp-sim: " << options.error().message << "\n";
    return wrong_usage;
  }
  if (options->help) {
    out << usage();
    return 0;
  }
  try {
    const io::SystemClock clock;
    Simulation simulation(*options, clock);
    out << "davylamp-sim: " << simulation.summary() << "\n" << std::flush;
    simulation.run();
    return 0;
  } catch (const std::exception& exception) {
    err << "davylamp-sim: " << exception.what() << "\n";
    return failed;
  }
}

}  // namespace davylamp::sim
