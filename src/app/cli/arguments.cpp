#include "app/cli/arguments.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::app {

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = values.find(option);
  if (found == values.end()) return std::nullopt;
  return found->second;
}

base::Result<Arguments> parse_arguments(std::span<const std::string_view> words, const OptionTable& table) {
  Arguments arguments;
  bool only_names = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    if (only_names || word == "-" || !word.starts_with('-')) {
      arguments.names.emplace_back(word);
      continue;
    }
    if (word == "--") {
      only_names = true;
      continue;
    }
    const auto equals = word.find('=');
    const auto option = word.substr(0, equals);
    if (std::ranges::find(table.flags, word) != table.flags.end()) {
      arguments.flags.emplace(word);
    } else if (std::ranges::find(table.values, option) == table.values.end()) {
      return base::fail("usage", "unknown option " + base::printable(option));
    } else if (equals != std::string_view::npos) {
      arguments.values[std::string(option)] = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      arguments.values[std::string(option)] = words[++i];
    } else {
      return base::fail("usage", std::string(option) + " needs a value");
    }
  }
  return arguments;
}

}  // namespace davylamp::app
