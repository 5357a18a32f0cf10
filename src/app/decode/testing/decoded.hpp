// What a decoder wrote, read back, for tests.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "app/decode/decode.hpp"

namespace davylamp::app {

struct Decoded {
  DecodeOutcome outcome{};
  std::string text;
  std::vector<boost::json::object> lines;

  const boost::json::object& summary() const { return lines.back(); }
  // Of the summary.
  std::uint64_t number(std::string_view name) const { return summary().at(name).to_number<std::uint64_t>(); }
  std::vector<boost::json::object> of_kind(std::string_view kind) const {
    std::vector<boost::json::object> found;
    for (const auto& line : lines) {
      if (line.at("kind").as_string() == kind) found.push_back(line);
    }
    return found;
  }
};

inline Decoded decoded_by(DecodeOutcome (*decode)(std::string_view, JsonLines&), std::string_view input) {
  std::ostringstream out;
  JsonLines lines(out);
  Decoded decoded;
  decoded.outcome = decode(input, lines);
  decoded.text = out.str();
  std::istringstream text(decoded.text);
  for (std::string line; std::getline(text, line);) decoded.lines.push_back(boost::json::parse(line).as_object());
  return decoded;
}

}  // namespace davylamp::app
