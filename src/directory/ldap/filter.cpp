#include "directory/ldap/filter.hpp"

namespace davylamp::directory {
namespace {

constexpr std::string_view name_mark = "{name}";
constexpr std::string_view dn_mark = "{dn}";

}  // namespace

std::string escaped_filter_value(std::string_view value) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte > 0x1F && byte < 0x7F && c != '*' && c != '(' && c != ')' && c != '\\';
    if (plain) {
      text += c;
    } else {
      text += {'\\', hex[byte >> 4U], hex[byte & 15U]};
    }
  }
  return text;
}

std::string filled_filter(std::string_view filter, std::string_view name, std::string_view dn) {
  std::string text;
  while (!filter.empty()) {
    const bool is_name = filter.starts_with(name_mark);
    const bool is_dn = filter.starts_with(dn_mark);
    if (is_name) text += escaped_filter_value(name);
    if (is_dn) text += escaped_filter_value(dn);
    if (!is_name && !is_dn) text += filter.front();
    filter.remove_prefix(is_name ? name_mark.size() : is_dn ? dn_mark.size() : 1);
  }
  return text;
}

std::string naming_attribute(std::string_view filter) {
  const auto mark = filter.find("={name}");
  if (mark == std::string_view::npos) return {};
  const auto open = filter.rfind('(', mark);
  const auto begin = open == std::string_view::npos ? 0 : open + 1;
  return std::string(filter.substr(begin, mark - begin));
}

}  // namespace davylamp::directory
