#include <iostream>
#include <vector>

#include "app/agent.hpp"
#include "bin/heaps.hpp"
#include "version.hpp"

int main(int argc, char** argv) {
  davylamp::share_heaps();
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  return davylamp::app::run_agent(arguments, davylamp::version, std::cout, std::cerr);
}
