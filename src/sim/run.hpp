// davylamp-sim as a function, for its main() and for tests.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

namespace davylamp::sim {

// The exit code: 0, 1 when the world failed, 2 for a wrong command line.
int run_simulator(std::span<const std::string_view> words, std::ostream& out, std::ostream& err);

}  // namespace davylamp::sim
