// ID tokens: whatever a provider or a stranger sends, reading never throws. The input is a header, a line with claims
// and one with keys: once as it is, once signed by a key that counts, so that the claims are looked at; once as a
// token.
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "directory/oidc/id_token.hpp"
#include "directory/oidc/signature.hpp"

namespace {

using namespace davylamp;

void require(bool held) {
  if (!held) std::abort();
}

std::string base64url(std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += alphabet[(bits >> (count - 6)) & 63U];
  }
  if (count > 0) text += alphabet[(bits << (6 - count)) & 63U];
  return text;
}

class Signer {
 public:
  Signer() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {}
  std::string keys() const {
    return R"({"keys":[{"kty":"EC","crv":"P-256","x":")" + base64url(coordinate(OSSL_PKEY_PARAM_EC_PUB_X)) +
           R"(","y":")" + base64url(coordinate(OSSL_PKEY_PARAM_EC_PUB_Y)) + R"("}]})";
  }
  // r and s, as a token has them.
  std::string sign(std::string_view text) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::array<unsigned char, 128> der{};
    auto size = der.size();
    require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
    require(EVP_DigestSign(context.get(), der.data(), &size, reinterpret_cast<const unsigned char*>(text.data()),
                           text.size()) == 1);
    const unsigned char* at = der.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
    return number(ECDSA_SIG_get0_r(pair.get())) + number(ECDSA_SIG_get0_s(pair.get()));
  }

 private:
  static std::string number(const BIGNUM* value) {
    std::string bytes(32, '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), 32);
    return bytes;
  }
  std::string coordinate(const char* name) const {
    BIGNUM* value = nullptr;
    require(EVP_PKEY_get_bn_param(key_.get(), name, &value) == 1);
    auto bytes = number(value);
    BN_free(value);
    return bytes;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

std::string_view next_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

void read(std::string_view token, std::string_view keys, const directory::TokenRules& rules) {
  const auto claims = directory::read_id_token(token, keys, rules);
  require(claims || claims.error().code == "refused");
  if (!claims) return;
  require(!claims->name.empty() && claims->name.size() <= 64 && base::printable(claims->name) == claims->name);
  require(claims->groups.size() <= 1'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Signer signer;
  static const directory::TokenRules rules{"https://id", "me", "n", base::from_unix_seconds(1'795'000'000)};
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto plain = directory::from_base64url(text)) require(base64url(*plain) == text);
  read(text, text, rules);
  auto rest = text;
  const auto header = next_line(rest);
  const auto claims = next_line(rest);
  const auto signed_part = base64url(header) + "." + base64url(claims);
  read(signed_part + "." + base64url(rest), rest, rules);
  read(signed_part + "." + base64url(signer.sign(signed_part)), signer.keys(), rules);
  return 0;
}
