// Slows down whoever guesses passwords.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/time.hpp"
#include "model/address.hpp"

namespace davylamp::api {

// Counts attempts per account and address together, and per address alone (an IPv6 address counts as its /64). From the
// fifth (per address: the twentieth) wrong attempt on, each one locks for 30 s, 60 s ... at most 15 minutes. An hour
// without attempts forgets. An account that is guessed from elsewhere stays open to its owner. Bounded: when the table
// is full, the entry that was quiet for longest is forgotten and counted. Whether an account exists plays no part.
class LoginGuard {
 public:
  struct Limits {
    std::uint64_t per_account = 5;
    std::uint64_t per_address = 20;
    base::Seconds first_lock{30};
    base::Seconds longest_lock{15 * 60};
    base::Seconds forget{3600};
    std::size_t most_entries = 10'000;
  };
  explicit LoginGuard(Limits limits) : limits_(limits) {}
  LoginGuard() : LoginGuard(Limits{}) {}

  // Before the password is looked at: counts the attempt as wrong, so that many at once cannot slip through. Or the
  // time that is left of a lock, at least 1 s; then nothing is counted.
  std::optional<base::Seconds> attempt(const std::string& account, const model::Address& address, base::Time now);
  // The attempt turned out to be right: takes it back.
  void succeeded(const std::string& account, const model::Address& address);

  std::size_t entries() const { return entries_.size(); }
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  struct Entry {
    std::uint64_t attempts = 0;
    base::Time last_at{};
    base::Time locked_until{};
  };
  std::optional<base::Seconds> lock_left(const std::string& key, base::Time now);
  void count(const std::string& key, std::uint64_t most, base::Time now);
  void make_room(base::Time now);

  Limits limits_;
  std::unordered_map<std::string, Entry> entries_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace davylamp::api
