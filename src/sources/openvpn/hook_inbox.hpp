// Decides what becomes of the lines of davylamp-hook: each counts once, whether it came as a datagram, in the spool, or
// both; a client that was not let in is no session.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "hook/message.hpp"
#include "model/observation.hpp"

namespace davylamp::openvpn {

struct HookStats {
  std::uint64_t messages = 0;       // understood, each once
  std::uint64_t undecodable = 0;    // damaged, or of another version
  std::uint64_t forged = 0;         // from an account that OpenVPN does not run as; not read
  std::uint64_t not_sessions = 0;   // left without having been in the tunnel: refused, or disabled
  std::uint64_t spool_dropped = 0;  // did not fit into the spool while the daemon was away
  std::string problem;              // why hooks do not work now, and what to do; empty when they do
};

// The newest `capacity` keys, each with a value.
template <class V>
class RecentKeys {
 public:
  explicit RecentKeys(std::size_t capacity) : capacity_(capacity) {}
  // False when the key was there: its value stays.
  bool insert(std::uint64_t key, V value) {
    if (!values_.emplace(key, std::move(value)).second) return false;
    order_.push_back(key);
    if (order_.size() > capacity_) {
      values_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }
  const V* find(std::uint64_t key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }

 private:
  std::size_t capacity_;
  std::unordered_map<std::uint64_t, V> values_;
  std::deque<std::uint64_t> order_;
};

class HookInbox {
 public:
  // `again`: read by an earlier run of the daemon, which may not have got to store it. Last words are repeated then,
  // for they change nothing when they were known; refusals are not.
  enum class Origin : std::uint8_t { datagram, spool, again };
  using Emit = std::function<void(model::Fact)>;
  explicit HookInbox(Emit emit) : emit_(std::move(emit)) {}

  // A line without its line feed; overwritten. In the spool an empty line stands for one that did not fit.
  void take(std::span<char> line, Origin origin);

  HookStats& stats() { return stats_; }
  const HookStats& stats() const { return stats_; }

 private:
  void take(const hook::Message& message, Origin origin);
  void take_final(const hook::Message& message);
  bool was_let_in(const hook::Message& message, const model::PeerFinal& final) const;

  struct Nothing {};
  static constexpr std::size_t most_remembered = 65'536;
  Emit emit_;
  HookStats stats_;
  RecentKeys<Nothing> seen_{most_remembered};
  RecentKeys<Nothing> refused_{most_remembered};
  RecentKeys<Nothing> accepted_{most_remembered};
};

}  // namespace davylamp::openvpn
