// The signature that davylamp-agent puts on its reports.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/http.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace davylamp::api {

// X-Davylamp-Timestamp (UNIX milliseconds), X-Davylamp-Nonce (8 to 64 of [A-Za-z0-9_-]) and X-Davylamp-Signature
// ("v1=" and the hexadecimal HMAC-SHA256 of "TIMESTAMP.NONCE.BODY" under the token).
struct Signature {
  base::Time at{};
  std::string nonce;
};

// Nothing when the request has none of the three headers. Fails when one is missing or malformed, or the signature is
// not right ("bad_signature"). Compares in constant time. Does not judge the time.
base::Result<std::optional<Signature>> check_signature(const Request& request, std::string_view key);

// What X-Davylamp-Signature must say.
std::string signature_of(std::string_view key, std::string_view timestamp, std::string_view nonce,
                         std::string_view body);

}  // namespace davylamp::api
