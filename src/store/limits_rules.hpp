// What holds for limits, groups and erased users in every store: what is an error, and what is said then.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/account.hpp"
#include "model/limits.hpp"

namespace davylamp::store {

// What stands in the audit log where an erased user's name stood.
inline constexpr std::string_view erased_subject = "(erased)";

// Whether the limit's subject is a group that must be there; `everyone` always is.
bool names_a_group(const model::Limit& limit);
// In order, each once; nobody for `everyone`.
std::vector<std::string> members_of(const model::Group& group);
// Whether a line of the audit log is about a VPN user: lines about accounts keep their subject, also when an account is
// called as the user is.
bool is_about_user(const model::AuditEntry& entry, std::string_view user);
// The entry as it may be kept after `user` is erased.
model::AuditEntry without_user(model::AuditEntry entry, std::string_view user);

std::unexpected<base::Error> no_limit(std::uint64_t id);
std::unexpected<base::Error> no_grant(std::uint64_t id);
std::unexpected<base::Error> no_group(std::string_view name);
std::unexpected<base::Error> no_block(std::string_view user);
std::unexpected<base::Error> group_in_use(std::string_view name);
std::unexpected<base::Error> user_in_use(std::string_view user);
std::unexpected<base::Error> nameless_user();

}  // namespace davylamp::store
