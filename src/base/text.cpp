#include "base/text.hpp"

#include <algorithm>
#include <array>

#include "base/character.hpp"

namespace davylamp::base {
namespace {

constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void append_escape(std::string& out, std::uint32_t point) {
  constexpr std::string_view digits = "0123456789abcdef";
  const int width = point < 0x100 ? 2 : 4;
  out += width == 2 ? "\\x" : "\\u";
  for (int shift = (width - 1) * 4; shift >= 0; shift -= 4)
    out += digits[(point >> static_cast<unsigned>(shift)) & 0xFU];
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";

}  // namespace

// Unicode 15, table 3-7 (well-formed UTF-8 byte sequences).
Character first_character(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const auto first = at(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || bytes.size() < size) return {0, 0};
  std::uint32_t point = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return {0, 0};
    point = (point << 6U) | (at(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (point < least[size] || point > 0x10FFFF || surrogate) return {0, 0};
  return {point, size};
}

bool moves_the_reader(std::uint32_t point) {
  const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
  const bool bidirectional = (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
                             point == 0x200E || point == 0x200F || point == 0x061C;
  return control || bidirectional || point == 0x2028 || point == 0x2029 || point == 0xFEFF;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), ascii_lower);
  return out;
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return !std::ranges::search(text, part, {}, ascii_lower, ascii_lower).empty() || part.empty();
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto [point, size] = first_character(bytes);
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::string to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto [point, size] = first_character(bytes);
    out += size == 0 ? replacement : bytes.substr(0, size);
    bytes.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto [point, size] = first_character(bytes);
    if (size == 0) {
      append_escape(out, static_cast<std::uint8_t>(bytes[0]));
    } else if (moves_the_reader(point)) {
      append_escape(out, point);
    } else {
      out += bytes.substr(0, size);
    }
    bytes.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace davylamp::base
