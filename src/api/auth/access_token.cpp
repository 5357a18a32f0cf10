#include "api/auth/access_token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <array>

#include "api/auth/token_text.hpp"
#include "base/codec_read.hpp"

namespace davylamp::api {
namespace {

constexpr std::string_view header = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::size_t most_bytes = 2048;

}  // namespace

std::string AccessTokens::signature(std::string_view text) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const auto* made =
      HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes, text.size(), digest.data(), &size);
  if (made == nullptr) throw base::Failure("crypto", "OpenSSL cannot compute an HMAC");
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string AccessTokens::sign(const AccessClaims& claims) const {
  auto token = to_base64url(header) + "." + to_base64url(base::json::write(claims));
  const auto mac = signature(token);
  return token + "." + to_base64url(mac);
}

std::optional<AccessClaims> AccessTokens::verify(std::string_view token, base::Time now) const {
  const auto dot = token.rfind('.');
  if (token.size() > most_bytes || dot == std::string_view::npos) return std::nullopt;
  const auto signed_part = token.substr(0, dot);
  const auto mac = from_base64url(token.substr(dot + 1));
  const auto expected = signature(signed_part);
  if (!mac || mac->size() != expected.size() || CRYPTO_memcmp(mac->data(), expected.data(), expected.size()) != 0) {
    return std::nullopt;
  }
  const auto prefix = to_base64url(header) + ".";
  if (!signed_part.starts_with(prefix)) return std::nullopt;
  const auto body = from_base64url(signed_part.substr(prefix.size()));
  if (!body) return std::nullopt;
  auto claims = base::json::read<AccessClaims>(*body);
  if (!claims || claims->exp <= now || claims->sub.empty()) return std::nullopt;
  return std::move(*claims);
}

}  // namespace davylamp::api
