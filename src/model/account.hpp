// Someone who may sign in to Davylamp (not a VPN user).
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::model {

// A viewer sees. An auditor also sees the audit log and who has an account, and changes nothing. An operator also acts
// (ends sessions, lays down limits, rules and silences). An admin may do everything.
enum class Role { viewer, auditor, operator_, admin };
BOOST_DESCRIBE_ENUM(Role, viewer, auditor, operator_, admin)

// Who says that somebody is who they are.
enum class AccountOrigin { local, ldap, oidc };
BOOST_DESCRIBE_ENUM(AccountOrigin, local, ldap, oidc)

// Servers under one name. A name that ends in '*' stands for all servers that begin so.
struct ServerGroup {
  std::string name;
  std::vector<std::string> servers;
  bool operator==(const ServerGroup&) const = default;
};
BOOST_DESCRIBE_STRUCT(ServerGroup, (), (name, servers))

// A second factor (TOTP, RFC 6238: SHA-1, 30 s, 6 digits). On once it was confirmed with a code.
struct SecondFactor {
  std::string secret;  // base32; never leaves the store and the auth code once it was confirmed
  bool confirmed = false;
  std::uint64_t last_step = 0;               // of the newest code that was taken: it counts once
  std::vector<std::string> recovery_hashes;  // SHA-256 of codes that count once each
  bool operator==(const SecondFactor&) const = default;
};
BOOST_DESCRIBE_STRUCT(SecondFactor, (), (secret, confirmed, last_step, recovery_hashes))

struct Account {
  std::string name;
  Role role = Role::viewer;
  std::string password_hash{};  // libsodium's argon2id text; never leaves the store and the auth code; empty: none
  base::Time created_at{};
  std::optional<base::Time> last_login_at{};
  AccountOrigin origin = AccountOrigin::local;
  std::vector<std::string> scope{};  // the server groups whose servers it sees; empty: every server
  std::optional<SecondFactor> second_factor{};
};

// A bearer token for programs, kept as the SHA-256 of its text. It may do what its role may, and never more than its
// account may now.
struct ApiToken {
  std::uint64_t id = 0;
  std::string name;
  std::string account;
  std::string token_hash;
  Role role = Role::viewer;
  base::Time created_at{};
  std::optional<base::Time> expires_at;
  std::optional<base::Time> last_used_at;  // to the minute
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

// One line of the audit log: who did what, to whom, when, from where. The lines are a chain: `hash` is SHA-256 over the
// hash of the line before and this line, so that a line that was changed, taken out or put in between shows. Subject
// and reason are in it as a salted hash of their own, so that they can be forgotten without breaking it.
struct AuditEntry {
  base::Time at{};
  std::string account;
  std::string action;   // "login", "login_refused", "logout", "account_added" ...
  std::string subject;  // what it was done to
  std::string remote_address;
  std::string reason{};      // as given by who did it; may be empty
  std::uint64_t number = 0;  // from 1, without gaps; given by the store, as the next two are
  std::string detail_hash{};
  std::string hash{};
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (), (at, account, action, subject, remote_address, reason, number, detail_hash, hash))

// Whether the chain of the audit log holds.
struct AuditCheck {
  std::uint64_t lines = 0;
  std::uint64_t first_number = 0;          // older ones were forgotten, as retention says
  std::string last_hash;                   // to be kept elsewhere: it shows whether the newest lines were cut off
  std::optional<std::uint64_t> broken_at;  // the first line that does not fit
};
BOOST_DESCRIBE_STRUCT(AuditCheck, (), (lines, first_number, last_hash, broken_at))

}  // namespace davylamp::model
