// Someone who may sign in to Davylamp (not a VPN user).
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace davylamp::model {

// Each role may do what the ones before it may.
enum class Role { viewer, operator_, admin };
BOOST_DESCRIBE_ENUM(Role, viewer, operator_, admin)

struct Account {
  std::string name;
  Role role = Role::viewer;
  std::string password_hash;  // libsodium's argon2id text; never leaves the store and the auth code
  base::Time created_at{};
  std::optional<base::Time> last_login_at;
};

// A refresh token, kept as the SHA-256 of its text. `family` ties the tokens of one login together: when a token that
// was already used comes back, the whole family is revoked (OAuth 2.0 Security BCP, RFC 9700 section 4.14.2).
struct RefreshToken {
  std::string token_hash;
  std::string family;
  std::string account;
  base::Time expires_at{};
  std::optional<base::Time> used_at;
};

// One line of the audit log: who did what, to whom, when, from where.
struct AuditEntry {
  base::Time at{};
  std::string account;
  std::string action;   // "login", "login_refused", "logout", "account_added" ...
  std::string subject;  // what it was done to
  std::string remote_address;
  std::string reason{};  // as given by who did it; may be empty
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (), (at, account, action, subject, remote_address, reason))

}  // namespace davylamp::model
