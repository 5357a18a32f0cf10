#include "store/postgres/text_form.hpp"

#include <cstdint>

#include "base/hexadecimal.hpp"

namespace davylamp::postgres {
namespace {

// U+10F700..U+10F7FF are F4 8F 9C..9F 80..BF.
constexpr std::string_view mark = "\xF4\x8F";
constexpr std::size_t mark_bytes = 4;

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}
bool is_mark(std::string_view text) {
  return text.size() >= mark_bytes && text.starts_with(mark) && byte_at(text, 2) >= 0x9C && byte_at(text, 2) <= 0x9F;
}

bool continues(std::string_view text, std::size_t from, std::size_t count) {
  for (std::size_t i = from; i < from + count; ++i) {
    if (i >= text.size() || (byte_at(text, i) & 0xC0U) != 0x80) return false;
  }
  return true;
}

// How many bytes the character at the beginning has; 0 when it is none (RFC 3629, section 4).
std::size_t character_bytes(std::string_view text) {
  const auto first = byte_at(text, 0);
  const auto second = text.size() > 1 ? byte_at(text, 1) : std::uint8_t{0};
  if (first < 0x80) return first == 0 ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(text, 1, 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return !overlong && !surrogate && continues(text, 1, 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool too_great = first == 0xF4 && second > 0x8F;
    return !overlong && !too_great && continues(text, 1, 3) && !is_mark(text) ? 4 : 0;
  }
  return 0;
}

void append_mark(std::string& text, std::uint8_t byte) {
  text += mark;
  text += static_cast<char>(0x9CU + (byte >> 6U));
  text += static_cast<char>(0x80U + (byte & 0x3FU));
}

bool is_plain(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == 0) return false;
  }
  return true;
}

int digit_of(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

}  // namespace

std::optional<std::string> stored_text(std::string_view bytes) {
  if (is_plain(bytes)) return std::nullopt;
  std::string text;
  bool changed = false;
  while (!bytes.empty()) {
    const auto size = character_bytes(bytes);
    if (size == 0) {
      append_mark(text, byte_at(bytes, 0));
      changed = true;
    } else {
      text += bytes.substr(0, size);
    }
    bytes.remove_prefix(size == 0 ? 1 : size);
  }
  if (!changed) return std::nullopt;
  return text;
}

std::optional<std::string> original_text(std::string_view stored) {
  auto at = stored.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  std::string bytes;
  while (at != std::string_view::npos) {
    bytes += stored.substr(0, at);
    stored.remove_prefix(at);
    if (is_mark(stored)) {
      bytes += static_cast<char>(((byte_at(stored, 2) - 0x9CU) << 6U) | (byte_at(stored, 3) & 0x3FU));
      stored.remove_prefix(mark_bytes);
    } else {
      bytes += stored.substr(0, mark.size());
      stored.remove_prefix(mark.size());
    }
    at = stored.find(mark);
  }
  bytes += stored;
  return bytes;
}

std::string to_bytea(std::string_view bytes) {
  return "\\x" + base::hexadecimal(bytes);
}

std::string from_bytea(std::string_view text) {
  std::string bytes;
  if (!text.starts_with("\\x")) return bytes;
  for (text.remove_prefix(2); text.size() >= 2; text.remove_prefix(2))
    bytes += static_cast<char>(digit_of(text[0]) * 16 + digit_of(text[1]));
  return bytes;
}

}  // namespace davylamp::postgres
