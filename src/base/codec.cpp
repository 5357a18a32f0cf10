#include "base/codec.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace davylamp::base::json {
namespace {

bool is_plain(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '"' || c == '\\') return false;
  }
  return true;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
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
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte != 0x7F) {
    out += c;
    return;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u00";
  out += digits[byte >> 4U];
  out += digits[byte & 0xFU];
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
    const std::string valid = to_utf8(text);
    for (const char c : valid) append_escaped(out, c);
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
