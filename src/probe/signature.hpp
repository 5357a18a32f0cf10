// How a report is signed, so that nobody on the way can change it, or send it again.
#pragma once

#include <string>
#include <string_view>

namespace davylamp::probe {

// "v1=" and the hexadecimal HMAC-SHA256, with the token as key, over `timestamp` "." `nonce` "." `body`.
struct SignedText {
  std::string_view timestamp;  // UNIX milliseconds
  std::string_view nonce;
  std::string_view body;
};
std::string sign(std::string_view token, const SignedText& text);

// So many random bytes as hexadecimal digits. Throws Failure when the system has none.
std::string random_text(std::size_t bytes);

}  // namespace davylamp::probe
