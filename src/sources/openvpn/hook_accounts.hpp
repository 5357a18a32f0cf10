// Whose word counts: the accounts that davylamp-hook may run as.
#pragma once

#include <optional>
#include <set>
#include <string>

namespace davylamp::openvpn {

using UserId = unsigned;

// root, the daemon's own account, and `user` (a name or a number); without `user`, "nobody" and "openvpn" where the
// host has them: what OpenVPN's packages and examples run as. Throws Failure when there is no such user.
std::set<UserId> hook_accounts(const std::optional<std::string>& user);

}  // namespace davylamp::openvpn
