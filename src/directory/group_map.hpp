// Which group gives which role.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/account.hpp"

namespace davylamp::directory {

struct GroupRule {
  std::string group;
  model::Role role = model::Role::viewer;
  std::vector<std::string> scope{};
};

// Whether two names of groups are the same.
using SameGroup = bool (*)(std::string_view a, std::string_view b);
bool same_text(std::string_view a, std::string_view b);
// Distinguished names, near enough to RFC 4514: the case of letters and blanks around ',' and '=' do not matter.
bool same_dn(std::string_view a, std::string_view b);

// The first rule whose group is among `groups`; null when there is none.
const GroupRule* first_that_fits(const std::vector<GroupRule>& rules, const std::vector<std::string>& groups,
                                 SameGroup same);

}  // namespace davylamp::directory
