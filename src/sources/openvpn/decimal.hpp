#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace davylamp::openvpn {

// A non-empty run of decimal digits that fits 64 bits; nothing else (no sign, no blanks) is a number here.
inline std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  constexpr std::size_t digits_that_cannot_overflow = 19;
  if (text.empty()) return std::nullopt;
  if (text.size() > digits_that_cannot_overflow) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
  }
  std::uint64_t value = 0;
  for (const char symbol : text) {
    const auto digit = static_cast<std::uint64_t>(static_cast<unsigned char>(symbol)) - '0';
    if (digit > 9) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace davylamp::openvpn
