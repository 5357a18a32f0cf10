// Random tokens, their text and their fingerprints.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace davylamp::api {

// RFC 4648 section 5, without padding.
std::string to_base64url(std::string_view bytes);
// Nothing when it is not exactly that.
std::optional<std::string> from_base64url(std::string_view text);

// 32 bytes from the system's random source.
std::string random_bytes();
// The same as base64url: 43 characters.
std::string random_token();
// SHA-256 as base64url: what is stored instead of a token.
std::string fingerprint(std::string_view token);

}  // namespace davylamp::api
