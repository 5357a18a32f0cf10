// Whose key is that: agents' tokens and the shared key, in memory. Only fingerprints are held.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/agents/replay_guard.hpp"
#include "api/rates/bucket.hpp"
#include "model/agent.hpp"

namespace davylamp::api {

// What is kept of one agent while the daemon runs.
struct Reporter {
  std::string name;
  std::uint32_t interval_seconds = 60;
  Bucket bucket;
  ReplayGuard replays;
  std::deque<base::Time> measured;  // of the latest reports of davylamp-agent that were kept
  bool test_again = false;          // asked of it in the next answer
  bool removed = false;
};

struct KeyHolder {
  std::shared_ptr<Reporter> reporter;  // null: the shared key, which is everybody's
};

class KeyRing {
 public:
  static constexpr std::size_t most_agents = 10'000;

  // An empty `shared_key` is none.
  explicit KeyRing(std::string_view shared_key);

  // What the store holds. What is kept of agents that are still there stays; keys that are gone are refused from now
  // on.
  void replace(const std::vector<model::AgentSettings>& agents, const std::vector<model::AgentToken>& tokens);
  // Who may use this key at `now`; one-time tokens open nothing here. Looks keys up by their SHA-256, and compares that
  // in constant time.
  std::optional<KeyHolder> find(std::string_view key, base::Time now) const;
  // The agent that a one-time token stands for, as far as is known here: the store has the last word.
  std::optional<std::string> one_time_agent(std::string_view one_time_hash, base::Time now) const;
  std::shared_ptr<Reporter> reporter(const std::string& name) const;
  // An agent that the store has taken in.
  std::shared_ptr<Reporter> add(const model::AgentSettings& settings);
  bool full() const { return reporters_.size() >= most_agents; }
  std::size_t size() const { return reporters_.size(); }
  bool has_shared_key() const { return !shared_hash_.empty(); }

 private:
  struct Token {
    std::string hash;
    std::shared_ptr<Reporter> reporter;
    bool one_time = false;
    std::optional<base::Time> expires_at;
  };
  const Token* token(std::string_view hash, base::Time now) const;

  std::string shared_hash_;
  std::unordered_map<std::string, std::shared_ptr<Reporter>> reporters_;
  std::unordered_map<std::string, Token> tokens_;  // by hash
};

}  // namespace davylamp::api
