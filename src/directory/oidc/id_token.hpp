// ID tokens (OpenID Connect Core 1.0 section 2 and 3.1.3.7; JWS, RFC 7515; JWK, RFC 7517). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace davylamp::directory {

struct TokenRules {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  base::Time now{};
  base::Seconds leeway{60};
  std::string name_claim = "preferred_username";
  std::string groups_claim = "groups";
};

struct Claims {
  std::string name;
  std::vector<std::string> groups;
};

// `keys`: the provider's JWKS document. RS256 and ES256 count, by the key that the header names, whatever else it asks
// for. Errors: "refused"; the sentence says what is wrong.
base::Result<Claims> read_id_token(std::string_view token, std::string_view keys, const TokenRules& rules);

}  // namespace davylamp::directory
