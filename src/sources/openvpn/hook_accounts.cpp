#include "sources/openvpn/hook_accounts.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::openvpn {
namespace {

std::optional<UserId> find_user(const std::string& name) {
  std::array<char, 16'384> texts{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, texts.data(), texts.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  return found->pw_uid;
}

}  // namespace

std::set<UserId> hook_accounts(const std::optional<std::string>& user) {
  std::set<UserId> accounts{0, ::geteuid()};
  if (!user) {
    for (const auto* name : {"nobody", "openvpn"}) {
      if (const auto id = find_user(name)) accounts.insert(*id);
    }
    return accounts;
  }
  auto id = find_user(*user);
  if (!id) id = base::parse_number<UserId>(*user);
  if (!id) {
    throw base::Failure("hook_user",
                        "hook_user: there is no user '" + base::printable(*user) +
                            "' on this host; name the account that OpenVPN runs as (`user` in its configuration)");
  }
  accounts.insert(*id);
  return accounts;
}

}  // namespace davylamp::openvpn
