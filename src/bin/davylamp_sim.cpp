#include <iostream>
#include <vector>

#include "sim/run.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  return davylamp::sim::run_simulator(words, std::cout, std::cerr);
}
