// What is remembered of VPN users between two alerts.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/time.hpp"
#include "model/ledger.hpp"

namespace davylamp::core {

// Of up to `most_users`: the last eight countries, open sessions, when the last one was there, and on which server.
// After a restart it knows what open sessions and those closed within the last hour tell; no more. Users are kept by a
// 64-bit hash of their name. A first country is learned, never new.
class UserMemory {
 public:
  static constexpr std::size_t most_users = 200'000;
  struct Opening {
    bool new_country = false;
  };

  void restore(const model::Checkpoint& checkpoint);
  Opening opened(const model::Session& session);
  // The session has a place, or another one, now: whether its user was never seen there.
  bool moved(const model::Session& session);
  // False when it was closed before: its last word came late.
  bool closed(const model::Session& session);
  void forget(const std::string& user);
  // Connected now, or at some time since `since`, as far as is remembered.
  bool seen(const std::string& user, base::Time since) const;
  // The server where the user was last; empty when that is not known.
  std::string server_of(const std::string& user) const;
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct User {
    std::array<std::array<char, 2>, 8> countries{};
    std::uint32_t open = 0;
    std::uint32_t last_at = 0;  // UNIX seconds
    std::uint16_t server = 0;   // in servers_, from 1
    std::uint8_t next = 0;
  };
  User* user_of(const std::string& name);
  const User* find(const std::string& name) const;
  std::uint16_t number_of(const std::string& server);
  bool learn(User& user, const model::Session& session);
  void note_closed(model::SessionId id);

  std::unordered_map<std::uint64_t, User> users_;
  std::vector<std::string> servers_;
  std::unordered_set<model::SessionId> closed_;
  std::deque<model::SessionId> closed_in_order_;
  std::uint64_t dropped_ = 0;
};

}  // namespace davylamp::core
