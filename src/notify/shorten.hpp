// Texts that must fit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace davylamp::notify {

// At most `most_bytes`, cut between characters; what was cut ends in "…". `text` is UTF-8.
inline std::string shortened(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return std::string(text);
  constexpr std::string_view mark = "…";
  if (most_bytes < mark.size()) return {};
  auto size = most_bytes - mark.size();
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) --size;
  return std::string(text.substr(0, size)) + std::string(mark);
}

// How many UTF-16 units `text` has: what Telegram counts.
inline std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0U) != 0x80U) units += byte >= 0xf0U ? 2 : 1;
  }
  return units;
}

}  // namespace davylamp::notify
