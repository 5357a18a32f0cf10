#include "api/auth/password.hpp"

#include <sodium.h>
#include <algorithm>

#include "api/auth/token_text.hpp"
#include "base/text.hpp"

namespace davylamp::api {

base::Result<void> check_password_strength(std::string_view password) {
  constexpr std::size_t least_characters = 10;
  constexpr std::size_t most_bytes = 1024;
  if (!base::is_utf8(password)) return base::fail("weak_password", "the password is not valid UTF-8");
  const auto characters = static_cast<std::size_t>(
      std::ranges::count_if(password, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (characters < least_characters) {
    return base::fail("weak_password", "the password has " + std::to_string(characters) + " characters; use at least " +
                                           std::to_string(least_characters));
  }
  if (password.size() > most_bytes) {
    return base::fail("weak_password", "the password is longer than " + std::to_string(most_bytes) + " bytes");
  }
  return {};
}

PasswordHasher::Cost PasswordHasher::Cost::interactive() {
  return {crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE, crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE};
}

PasswordHasher::Cost PasswordHasher::Cost::least() {
  return {crypto_pwhash_argon2id_OPSLIMIT_MIN, crypto_pwhash_argon2id_MEMLIMIT_MIN};
}

PasswordHasher::PasswordHasher(Cost cost) : cost_(cost) {
  if (sodium_init() < 0) throw base::Failure("no_random", "libsodium cannot start: the system gives no random numbers");
}

std::string PasswordHasher::hash(std::string_view password) {
  std::string text(crypto_pwhash_argon2id_STRBYTES, '\0');
  if (crypto_pwhash_argon2id_str(text.data(), password.data(), password.size(), cost_.passes, cost_.memory_bytes) !=
      0) {
    throw base::Failure("no_memory", "cannot hash a password: " + std::to_string(cost_.memory_bytes / 1'048'576) +
                                         " MiB of memory are needed");
  }
  text.resize(text.find('\0'));
  return text;
}

bool PasswordHasher::verify(const std::string& hash, std::string_view password) {
  return crypto_pwhash_argon2id_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

void PasswordHasher::waste(std::string_view password) {
  if (decoy_.empty()) decoy_ = hash(random_token());
  static_cast<void>(verify(decoy_, password));
}

}  // namespace davylamp::api
