#include "io/node_token.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <span>

#include "base/hexadecimal.hpp"
#include "base/result.hpp"

namespace davylamp::io {

std::string make_node_token() {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, 43> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    throw base::Failure("random", "the system gave no random bytes for a token");
  std::string token = "dn_";
  for (const auto byte : random) token += letters[byte & 63U];
  return token;
}

std::string node_token_hash(std::string_view token) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(token.data(), token.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw base::Failure("hash", "OpenSSL could not hash a token");
  return base::hexadecimal(std::span(digest).first(size));
}

}  // namespace davylamp::io
