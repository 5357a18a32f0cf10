// A configuration as a tree of values, each with the place it came from.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace davylamp::app {

// Paths are spelt as the codec spells them: "source.openvpn[0].name".
struct Document {
  boost::json::object root;
  std::map<std::string, std::string> places;  // path -> "davylamp.toml:12" or "the variable DAVYLAMP__STORE__PATH"
  std::vector<std::string> problems;

  // The place of `path` or of the nearest table around it; empty when there is none.
  std::string place_of(std::string_view path) const;
};

// Never throws on input. A syntax error is one problem; toml++ stops at the first.
Document parse_toml(std::string_view text, std::string_view file_name);

// One TOML value as it stands right of a "=": nothing when it is none.
std::optional<boost::json::value> parse_toml_value(std::string_view text);

}  // namespace davylamp::app
