// What is asked and answered about those who may sign in: accounts, groups of servers, tokens for programs, second
// factors.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/account.hpp"

namespace davylamp::api {

// A model::Account without its secrets.
struct AccountView {
  std::string name;
  model::Role role = model::Role::viewer;
  model::AccountOrigin origin = model::AccountOrigin::local;
  std::vector<std::string> scope;
  bool second_factor = false;
  base::Time created_at{};
  std::optional<base::Time> last_login_at;
};
BOOST_DESCRIBE_STRUCT(AccountView, (), (name, role, origin, scope, second_factor, created_at, last_login_at))

inline AccountView account_view(const model::Account& account) {
  return {account.name,
          account.role,
          account.origin,
          account.scope,
          account.second_factor && account.second_factor->confirmed,
          account.created_at,
          account.last_login_at};
}

struct AccountList {
  std::vector<AccountView> items;
};
BOOST_DESCRIBE_STRUCT(AccountList, (), (items))

// The body of POST /accounts.
struct NewAccountRequest {
  std::string name;
  model::Role role = model::Role::viewer;
  std::vector<std::string> scope;
  std::string password;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(NewAccountRequest, (), (name, role, scope, password, reason))

// The body of PUT /accounts/{name}. What is left out stays as it is.
struct AccountRequest {
  std::optional<model::Role> role;
  std::optional<std::vector<std::string>> scope;
  std::optional<std::string> password;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(AccountRequest, (), (role, scope, password, reason))

// The body of POST /me/password.
struct PasswordRequest {
  std::string password;
  std::string new_password;
};
BOOST_DESCRIBE_STRUCT(PasswordRequest, (), (password, new_password))

struct ServerGroupList {
  std::vector<model::ServerGroup> items;
};
BOOST_DESCRIBE_STRUCT(ServerGroupList, (), (items))

// The body of PUT /server-groups/{name}: all of it.
struct ServerGroupRequest {
  std::vector<std::string> servers;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(ServerGroupRequest, (), (servers, reason))

// A model::ApiToken without its hash.
struct ApiTokenView {
  std::uint64_t id = 0;
  std::string name;
  std::string account;
  model::Role role = model::Role::viewer;
  base::Time created_at{};
  std::optional<base::Time> expires_at;
  std::optional<base::Time> last_used_at;
};
BOOST_DESCRIBE_STRUCT(ApiTokenView, (), (id, name, account, role, created_at, expires_at, last_used_at))

inline ApiTokenView api_token_view(const model::ApiToken& token) {
  return {token.id, token.name, token.account, token.role, token.created_at, token.expires_at, token.last_used_at};
}

struct ApiTokenList {
  std::vector<ApiTokenView> items;
};
BOOST_DESCRIBE_STRUCT(ApiTokenList, (), (items))

// The body of POST /api-tokens. Without `account` it is the caller's own; without `role` it has the account's.
struct ApiTokenRequest {
  std::string name;
  std::optional<std::string> account;
  std::optional<model::Role> role;
  std::optional<base::Time> expires_at;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(ApiTokenRequest, (), (name, account, role, expires_at, reason))

// `token` is said once: only its hash is kept.
struct IssuedApiToken {
  ApiTokenView api_token;
  std::string token;
};
BOOST_DESCRIBE_STRUCT(IssuedApiToken, (), (api_token, token))

// The body of POST /me/second-factor.
struct EnrolmentRequest {
  std::string password;
};
BOOST_DESCRIBE_STRUCT(EnrolmentRequest, (), (password))

// A second factor that is to be confirmed with a code. `secret` is base32; `url` holds the same, for a QR code.
struct Enrolment {
  std::string secret;
  std::string url;
};
BOOST_DESCRIBE_STRUCT(Enrolment, (), (secret, url))

struct CodeRequest {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(CodeRequest, (), (code))

// Each counts once, in place of a code. Said once: only their hashes are kept.
struct RecoveryCodes {
  std::vector<std::string> items;
};
BOOST_DESCRIBE_STRUCT(RecoveryCodes, (), (items))

// The body of POST /me/second-factor/remove. `code` may be a recovery code.
struct SecondFactorRemoval {
  std::string password;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(SecondFactorRemoval, (), (password, code))

// The body of POST /auth/second-factor. `challenge` is that of the login's refusal; `code` may be a recovery code.
struct SecondFactorAnswer {
  std::string challenge;
  std::string code;
};
BOOST_DESCRIBE_STRUCT(SecondFactorAnswer, (), (challenge, code))

struct OidcOption {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(OidcOption, (), (name))

// How one may sign in here. `ldap`: the directory's people sign in by the same form.
struct LoginOptions {
  bool local = true;
  bool ldap = false;
  std::optional<OidcOption> oidc;
};
BOOST_DESCRIBE_STRUCT(LoginOptions, (), (local, ldap, oidc))

}  // namespace davylamp::api
