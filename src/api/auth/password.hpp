// Passwords: what is accepted, how they are kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::api {

// When one is set: at least 10 characters (of UTF-8), at most 1024 bytes. Fails with "weak_password".
base::Result<void> check_password_strength(std::string_view password);

// argon2id by libsodium. A call takes tens of milliseconds and the memory of its cost, so give the object to a Worker:
// one hash at a time, and memory stays bounded.
class PasswordHasher {
 public:
  struct Cost {
    unsigned long long passes;
    std::size_t memory_bytes;
    static Cost interactive();  // 64 MiB, about 60 ms
    static Cost least();        // for tests only
  };
  explicit PasswordHasher(Cost cost = Cost::interactive());

  // libsodium's text: algorithm, costs, salt and hash.
  std::string hash(std::string_view password);
  bool verify(const std::string& hash, std::string_view password);
  // Takes as long as verify() does and finds nothing: for accounts that do not exist.
  void waste(std::string_view password);

 private:
  Cost cost_;
  std::string decoy_;  // the hash of a random password; made when first needed
};

}  // namespace davylamp::api
