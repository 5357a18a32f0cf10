#include "api/auth/token_text.hpp"

#include <sodium.h>
#include <array>

#include "base/result.hpp"

namespace davylamp::api {
namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

void need_sodium() {
  if (sodium_init() < 0) throw base::Failure("no_random", "libsodium cannot start: the system gives no random numbers");
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes_of(bytes), bytes.size(), variant);
  text.pop_back();  // the NUL that libsodium counts
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  auto* target = reinterpret_cast<unsigned char*>(bytes.data());
  const int failed = sodium_base642bin(target, bytes.size(), text.data(), text.size(), nullptr, &size, &end, variant);
  if (failed != 0 || end != text.data() + text.size()) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

std::string random_bytes() {
  need_sodium();
  std::string bytes(32, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string random_token() {
  return to_base64url(random_bytes());
}

std::string fingerprint(std::string_view token) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), bytes_of(token), token.size());
  return to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace davylamp::api
