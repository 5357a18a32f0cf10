// Signatures of JSON Web Tokens, by OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace davylamp::directory {

// RFC 4648 section 5, without padding; nothing when it is not that.
std::optional<std::string> from_base64url(std::string_view text);

// Numbers are raw bytes, most significant first. False when the key is none, too weak (RSA below 2048 bits), or the
// signature is not right.
bool rs256_fits(std::string_view modulus, std::string_view exponent, std::string_view text, std::string_view signature);
// On P-256; the signature is r and s, 32 bytes each (RFC 7518 section 3.4).
bool es256_fits(std::string_view x, std::string_view y, std::string_view text, std::string_view signature);

}  // namespace davylamp::directory
