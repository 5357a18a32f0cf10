// Agents, tokens and a journal that a test fills by hand, and looks into afterwards.
#pragma once

#include <memory>
#include <vector>

#include "contract/heartbeat_journal.hpp"
#include "contract/store.hpp"

namespace davylamp::api::testing {

struct StoredAgents {
  std::vector<model::AgentSettings> agents;
  std::vector<model::AgentToken> tokens;
  std::vector<model::AuditEntry> audit;
};

class FakeAgents : public contract::AgentStore {
 public:
  explicit FakeAgents(std::shared_ptr<StoredAgents> stored) : stored_(std::move(stored)) {}
  std::vector<model::AgentSettings> agents() override { return stored_->agents; }
  void put_agent(const model::AgentSettings& settings, const model::AuditEntry& audit) override {
    std::erase_if(stored_->agents, [&](const auto& agent) { return agent.name == settings.name; });
    stored_->agents.push_back(settings);
    stored_->audit.push_back(audit);
  }
  base::Result<void> remove_agent(const std::string& name, const model::AuditEntry& audit) override {
    std::erase_if(stored_->agents, [&](const auto& agent) { return agent.name == name; });
    stored_->audit.push_back(audit);
    return {};
  }
  std::vector<model::AgentToken> tokens() override { return stored_->tokens; }
  base::Result<void> add_token(const model::AgentToken& token, const model::AuditEntry& audit) override {
    stored_->tokens.push_back(token);
    stored_->audit.push_back(audit);
    return {};
  }
  base::Result<void> exchange_token(const std::string& one_time_hash, const model::AgentToken& fresh, base::Time now,
                                    const model::AuditEntry& audit) override {
    for (auto& token : stored_->tokens) {
      if (!token.one_time || token.token_hash != one_time_hash || token.used_at) continue;
      token.used_at = now;
      stored_->tokens.push_back(fresh);
      stored_->audit.push_back(audit);
      return {};
    }
    return base::fail("not_found", "there is no such token");
  }
  std::uint64_t revoke_tokens(const std::string& agent, const model::AuditEntry& audit) override {
    stored_->audit.push_back(audit);
    return std::erase_if(stored_->tokens, [&](const auto& token) { return token.agent == agent; });
  }

 private:
  std::shared_ptr<StoredAgents> stored_;
};

// What was appended, and whether the disk is broken.
struct JournalRows {
  std::vector<model::Heartbeat> heartbeats;
  std::vector<std::size_t> commits;  // how many heartbeats each had
  bool broken = false;
};

class FakeJournal : public contract::HeartbeatJournal {
 public:
  explicit FakeJournal(std::shared_ptr<JournalRows> rows) : rows_(std::move(rows)) {}
  std::uint64_t boot() override { return 1; }
  void append(std::vector<model::Heartbeat>& heartbeats) override {
    if (rows_->broken) throw base::Failure("store", "the disk is full");
    for (auto& heartbeat : heartbeats) {
      heartbeat.number = rows_->heartbeats.size() + 1;
      rows_->heartbeats.push_back(heartbeat);
    }
    rows_->commits.push_back(heartbeats.size());
  }
  std::vector<model::Heartbeat> read(std::uint64_t, std::size_t) override { return {}; }
  std::uint64_t forget(std::uint64_t, base::Time) override { return 0; }

 private:
  std::shared_ptr<JournalRows> rows_;
};

}  // namespace davylamp::api::testing
