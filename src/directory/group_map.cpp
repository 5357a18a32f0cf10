#include "directory/group_map.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::directory {
namespace {

std::string plain_dn(std::string_view dn) {
  std::string plain;
  for (const char c : base::to_lower(dn)) {
    const bool separator = c == ',' || c == '=';
    while (separator && plain.ends_with(' ')) plain.pop_back();
    const bool leading = c == ' ' && (plain.empty() || plain.ends_with(',') || plain.ends_with('='));
    if (!leading) plain += c;
  }
  while (plain.ends_with(' ')) plain.pop_back();
  return plain;
}

}  // namespace

bool same_text(std::string_view a, std::string_view b) {
  return a == b;
}

bool same_dn(std::string_view a, std::string_view b) {
  return plain_dn(a) == plain_dn(b);
}

const GroupRule* first_that_fits(const std::vector<GroupRule>& rules, const std::vector<std::string>& groups,
                                 SameGroup same) {
  const auto found = std::ranges::find_if(rules, [&](const GroupRule& rule) {
    return std::ranges::any_of(groups, [&](const std::string& group) { return same(rule.group, group); });
  });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace davylamp::directory
