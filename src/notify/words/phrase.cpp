#include "notify/words/phrase.hpp"

#include <array>

#include "base/text.hpp"
#include "notify/shorten.hpp"

namespace davylamp::notify {
namespace {

constexpr std::size_t longest_value_bytes = 200;
constexpr std::string_view first_strong_isolate = "\u2068";
constexpr std::string_view pop_isolate = "\u2069";

// U+061C, U+200B-U+200F, U+2028-U+202E, U+2060-U+206F, U+FEFF: invisible, and made to mislead.
bool is_invisible(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || point == 0x61c ||
         (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

std::size_t length_at(std::string_view text, std::size_t at) {
  std::size_t size = 1;
  while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xc0U) == 0x80U) ++size;
  return size;
}

std::uint32_t point_of(std::string_view character) {
  constexpr std::array<std::uint32_t, 5> masks = {0, 0x7f, 0x1f, 0x0f, 0x07};
  auto point = static_cast<unsigned char>(character[0]) & masks[character.size() < 5 ? character.size() : 0];
  for (std::size_t i = 1; i < character.size(); ++i)
    point = (point << 6U) | (static_cast<unsigned char>(character[i]) & 0x3fU);
  return point;
}

// Fills one phrase; `missing` tells that a value was absent.
class Filler {
 public:
  Filler(Language language, const FindValue& find) : language_(language), find_(find) {}

  std::string fill(std::string_view phrase, bool& missing) const {
    std::string out;
    for (std::size_t at = 0; at < phrase.size();) {
      if (phrase[at] == '[') {
        const auto end = phrase.find(']', at);
        if (end == std::string_view::npos) break;
        bool absent = false;
        const auto part = fill(phrase.substr(at + 1, end - at - 1), absent);
        if (!absent) out += part;
        at = end + 1;
      } else if (phrase[at] == '{') {
        const auto end = phrase.find('}', at);
        if (end == std::string_view::npos) break;
        out += value(phrase.substr(at + 1, end - at - 1), missing);
        at = end + 1;
      } else {
        out += phrase[at++];
      }
    }
    return out;
  }

 private:
  std::string value(std::string_view words, bool& missing) const {
    const auto parts = base::split(words, '|');
    const auto found = find_(parts[0]);
    if (!found || found->empty()) {
      missing = true;
      return "?";
    }
    if (parts.size() == 1) return *found;
    const auto count = base::parse_number<std::uint64_t>(*found);
    const auto form = count ? plural_form(language_, *count) : parts.size() - 2;
    return digits(*found, language_) + " " + std::string(parts[1 + std::min(form, parts.size() - 2)]);
  }

  Language language_;
  const FindValue& find_;
};

}  // namespace

std::string fill(std::string_view phrase, Language language, const FindValue& find) {
  bool missing = false;
  return Filler(language, find).fill(phrase, missing);
}

std::optional<std::vector<std::string>> names_in(std::string_view phrase) {
  std::vector<std::string> names;
  bool within = false;
  for (std::size_t at = 0; at < phrase.size(); ++at) {
    const char c = phrase[at];
    if (c == '[' || c == ']') {
      if (within == (c == '[')) return std::nullopt;
      within = !within;
    } else if (c == '}') {
      return std::nullopt;
    } else if (c == '{') {
      const auto end = phrase.find('}', at);
      if (end == std::string_view::npos) return std::nullopt;
      names.emplace_back(base::split(phrase.substr(at + 1, end - at - 1), '|')[0]);
      at = end;
    }
  }
  if (within) return std::nullopt;
  return names;
}

std::size_t plural_form(Language language, std::uint64_t count) {
  switch (language) {
    case Language::en:
      return count == 1 ? 0 : 1;
    case Language::fa:
      return 0;
    case Language::ru:
      break;
  }
  const auto last = count % 10;
  const auto last_two = count % 100;
  if (last == 1 && last_two != 11) return 0;
  if (last >= 2 && last <= 4 && (last_two < 12 || last_two > 14)) return 1;
  return 2;
}

std::string safe_value(std::string_view value, Language language) {
  const auto text = base::to_utf8(value.substr(0, longest_value_bytes * 4));
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    const auto size = length_at(text, at);
    const auto point = point_of(std::string_view(text).substr(at, size));
    if (point == '\n' || point == '\t' || point == '\r') {
      clean += ' ';
    } else if (!is_invisible(point)) {
      clean.append(text, at, size);
    }
    at += size;
  }
  clean = shortened(base::trim(clean), longest_value_bytes);
  if (language != Language::fa || clean.empty()) return clean;
  return std::string(first_strong_isolate) + clean + std::string(pop_isolate);
}

std::string digits(std::string_view text, Language language) {
  if (language != Language::fa) return std::string(text);
  constexpr std::array<std::string_view, 10> persian = {"۰", "۱", "۲", "۳", "۴", "۵", "۶", "۷", "۸", "۹"};
  std::string out;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      out += persian[static_cast<std::size_t>(c - '0')];
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace davylamp::notify
