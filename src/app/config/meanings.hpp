// What each key of the configuration means, in a sentence or two.
#pragma once

#include <span>
#include <string_view>

namespace davylamp::app {

struct Meaning {
  std::string_view path;
  std::string_view text;
};

// In the order of the configuration.
std::span<const Meaning> meanings();

}  // namespace davylamp::app
