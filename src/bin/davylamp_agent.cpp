#include <malloc.h>

#include <iostream>
#include <vector>

#include "app/agent.hpp"
#include "version.hpp"

namespace {

// What one thread makes another frees: with a heap for every thread each would keep what the others could use.
void share_heaps() {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 2);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  share_heaps();
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  return davylamp::app::run_agent(arguments, davylamp::version, std::cout, std::cerr);
}
