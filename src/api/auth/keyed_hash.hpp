// HMAC (RFC 2104) by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::api {

// Both: the raw bytes of the hash. Throw Failure "crypto" when OpenSSL cannot.
std::string hmac_sha256(std::string_view key, std::string_view text);
std::string hmac_sha1(std::string_view key, std::string_view text);
// Takes as long wherever they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace davylamp::api
