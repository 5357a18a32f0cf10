// Command line arguments, cut into options and names.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace davylamp::app {

// What a command takes besides names.
struct OptionTable {
  std::vector<std::string_view> flags;   // "--json"
  std::vector<std::string_view> values;  // "--limit", followed by its value or joined to it by "="
};

struct Arguments {
  std::vector<std::string> names;
  std::set<std::string, std::less<>> flags;
  std::map<std::string, std::string, std::less<>> values;
  bool has(std::string_view flag) const { return flags.contains(flag); }
  std::optional<std::string> value(std::string_view option) const;
};

// Fails with "usage" and one line. After "--" everything is a name, and "-" is one.
base::Result<Arguments> parse_arguments(std::span<const std::string_view> words, const OptionTable& table);

}  // namespace davylamp::app
