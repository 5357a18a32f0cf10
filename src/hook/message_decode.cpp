#include <algorithm>

#include "hook/message.hpp"

namespace davylamp::hook {
namespace {

std::optional<unsigned> digit_of(char byte) {
  if (byte >= '0' && byte <= '9') return static_cast<unsigned>(byte - '0');
  if (byte >= 'A' && byte <= 'F') return static_cast<unsigned>(byte - 'A' + 10);
  return std::nullopt;
}

bool must_be_escaped(unsigned code) {
  return code < 0x20 || code == 0x7f || code == '%';
}

// Takes the escapes out where they stand; the text never grows.
std::optional<std::string_view> unescape(std::span<char> text) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = static_cast<unsigned char>(text[i]);
    if (code == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const auto high = digit_of(text[i + 1]);
      const auto low = digit_of(text[i + 2]);
      if (!high || !low) return std::nullopt;
      code = *high * 16 + *low;
      if (!must_be_escaped(code) || code == 0) return std::nullopt;
      i += 2;
    } else if (must_be_escaped(code)) {
      return std::nullopt;
    }
    text[used++] = static_cast<char>(code);
  }
  return std::string_view(text.data(), used);
}

// Cuts `rest` behind the next tab and returns what stood before it.
std::span<char> next_part(std::span<char>& rest) {
  const auto tab = static_cast<std::size_t>(std::find(rest.begin(), rest.end(), '\t') - rest.begin());
  const auto part = rest.first(tab);
  rest = rest.subspan(std::min(tab + 1, rest.size()));
  return part;
}

std::string_view text_of(std::span<char> part) {
  return {part.data(), part.size()};
}

std::optional<Kind> kind_of(std::string_view name) {
  if (name == "accepted") return Kind::accepted;
  if (name == "refused") return Kind::refused;
  if (name == "disconnected") return Kind::disconnected;
  return std::nullopt;
}

bool take(Message& message, std::span<char> part) {
  const auto equals = static_cast<std::size_t>(std::find(part.begin(), part.end(), '=') - part.begin());
  if (equals == part.size()) return false;
  const auto value = unescape(part.subspan(equals + 1));
  if (!value || value->empty()) return false;
  const auto* const known = std::find(field_names.begin(), field_names.end(), text_of(part.first(equals)));
  if (known == field_names.end()) return true;
  auto& slot = message.values[static_cast<std::size_t>(known - field_names.begin())];
  if (!slot.empty()) return false;
  slot = *value;
  return true;
}

}  // namespace

std::optional<Message> decode(std::span<char> line) {
  if (line.size() > most_message_bytes || text_of(next_part(line)) != "davylamp1") return std::nullopt;
  const auto kind = kind_of(text_of(next_part(line)));
  if (!kind) return std::nullopt;
  Message message{.kind = *kind, .values = {}};
  while (!line.empty()) {
    if (!take(message, next_part(line))) return std::nullopt;
  }
  return message;
}

}  // namespace davylamp::hook
