#include "api/agents/signature.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::int64_t last_milliseconds = 253'402'300'799'000;  // the end of the year 9999

bool is_nonce(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return text.size() >= 8 && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string signature_of(std::string_view key, std::string_view timestamp, std::string_view nonce,
                         std::string_view body) {
  crypto_auth_hmacsha256_state state{};
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  for (const auto part : {timestamp, std::string_view("."), nonce, std::string_view("."), body}) {
    crypto_auth_hmacsha256_update(&state, bytes_of(part), part.size());
  }
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> digest{};
  crypto_auth_hmacsha256_final(&state, digest.data());
  std::array<char, digest.size() * 2 + 1> hex{};
  return "v1=" + std::string(sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size()));
}

base::Result<std::optional<Signature>> check_signature(const Request& request, std::string_view key) {
  const auto timestamp = request.header("x-davylamp-timestamp");
  const auto nonce = request.header("x-davylamp-nonce");
  const auto signature = request.header("x-davylamp-signature");
  if (timestamp.empty() && nonce.empty() && signature.empty()) return std::nullopt;
  const auto milliseconds = base::parse_number<std::int64_t>(timestamp);
  if (!milliseconds || *milliseconds < 0 || *milliseconds > last_milliseconds) {
    return base::fail("bad_signature", "X-Davylamp-Timestamp is not a time in UNIX milliseconds");
  }
  if (!is_nonce(nonce)) return base::fail("bad_signature", "X-Davylamp-Nonce is not 8 to 64 letters, digits, _ or -");
  const auto wanted = signature_of(key, timestamp, nonce, request.body);
  if (signature.size() != wanted.size() || sodium_memcmp(signature.data(), wanted.data(), wanted.size()) != 0) {
    return base::fail("bad_signature", "X-Davylamp-Signature is not that of this body under this key");
  }
  return Signature{base::Time(base::Milliseconds(*milliseconds)), std::string(nonce)};
}

}  // namespace davylamp::api
