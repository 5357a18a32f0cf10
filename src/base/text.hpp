// Small functions on text that every layer needs.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace davylamp::base {

// The whole of `text` as a number; nothing when empty, signed where it must not be, followed by anything, or too large.
template <std::integral T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
// ASCII only: bytes above 127 stay as they are.
std::string to_lower(std::string_view text);
bool contains_ignoring_case(std::string_view text, std::string_view part);

// Valid UTF-8 with each bad byte replaced by U+FFFD (Unicode "maximal subpart" is not needed: one mark per byte).
std::string to_utf8(std::string_view bytes);
bool is_utf8(std::string_view bytes);
// For a terminal or a log line: valid UTF-8 with control characters (C0, DEL, C1, bidi overrides) made visible as
// \x1b or \u202e, so that a hostile name can neither move the cursor nor forge a line.
std::string printable(std::string_view bytes);

}  // namespace davylamp::base
