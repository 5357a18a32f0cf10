#include "base/codec.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/character.hpp"

namespace davylamp::base::json {
namespace {

bool is_plain(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '"' || c == '\\') return false;
  }
  return true;
}

void append_escaped(std::string& out, std::string_view character, std::uint32_t point) {
  switch (point) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (!moves_the_reader(point)) {
    out += character;
    return;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (const auto shift : {12U, 8U, 4U, 0U}) out += digits[(point >> shift) & 0xFU];
}

// JSON is also read on terminals: what would move a cursor or turn a text around is written as \u.
void append_text(std::string& out, std::string_view text) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  while (!text.empty()) {
    const auto [point, size] = first_character(text);
    if (size == 0) {
      out += replacement;
    } else {
      append_escaped(out, text.substr(0, size), point);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
}

template <class T>
void append_chars(std::string& out, T number) {
  std::array<char, 40> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out.append(buffer.data(), end);
}

}  // namespace

void append(std::string& out, std::string_view text) {
  out += '"';
  if (is_plain(text)) {
    out += text;
  } else {
    append_text(out, text);
  }
  out += '"';
}

void append(std::string& out, double number) {
  // JSON has no infinity and no NaN; nothing we measure is either, so zero is the honest floor.
  append_chars(out, std::isfinite(number) ? number : 0.0);
}

void append(std::string& out, Time time) {
  const auto milliseconds = time.time_since_epoch().count();
  if (milliseconds < 0 || milliseconds % 1000 == 0) {
    append_chars(out, to_unix_seconds(time));
    return;
  }
  append_chars(out, milliseconds / 1000);
  const auto rest = static_cast<int>(milliseconds % 1000);
  out += '.';
  out += static_cast<char>('0' + rest / 100);
  out += static_cast<char>('0' + rest / 10 % 10);
  out += static_cast<char>('0' + rest % 10);
}

void append_integer(std::string& out, std::int64_t number) {
  append_chars(out, number);
}
void append_integer(std::string& out, std::uint64_t number) {
  append_chars(out, number);
}

}  // namespace davylamp::base::json
