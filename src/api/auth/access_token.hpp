// The short-lived token that every request carries: a JWT (RFC 7519), signed with HMAC-SHA-256.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "model/account.hpp"

namespace davylamp::api {

struct AccessClaims {
  std::string sub;  // the account
  model::Role role = model::Role::viewer;
  base::Time iat{};
  base::Time exp{};
  std::string jti;
  std::string family{};  // of refresh tokens: the login that this token came by
};
BOOST_DESCRIBE_STRUCT(AccessClaims, (), (sub, role, iat, exp, jti, family))

class AccessTokens {
 public:
  // `key`: 32 bytes at least.
  explicit AccessTokens(std::string key) : key_(std::move(key)) {}
  std::string sign(const AccessClaims& claims) const;
  // Nothing unless the token is exactly of the form that sign() makes, its signature is ours and it has not expired.
  // The algorithm is ours, never the token's: any other header, "none" among them, is refused (RFC 8725 section 3.1).
  std::optional<AccessClaims> verify(std::string_view token, base::Time now) const;

 private:
  std::string signature(std::string_view text) const;
  std::string key_;
};

}  // namespace davylamp::api
