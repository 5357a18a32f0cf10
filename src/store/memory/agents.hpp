// Agents and their tokens, rules and silences.
#pragma once

#include <memory>

#include "store/memory/tables.hpp"

namespace davylamp::memory {

class Agents final : public contract::AgentStore {
 public:
  explicit Agents(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}
  std::vector<model::AgentSettings> agents() override;
  void put_agent(const model::AgentSettings& settings, const model::AuditEntry& audit) override;
  base::Result<void> remove_agent(const std::string& name, const model::AuditEntry& audit) override;
  std::vector<model::AgentToken> tokens() override;
  base::Result<void> add_token(const model::AgentToken& token, const model::AuditEntry& audit) override;
  base::Result<void> exchange_token(const std::string& one_time_hash, const model::AgentToken& fresh, base::Time now,
                                    const model::AuditEntry& audit) override;
  std::uint64_t revoke_tokens(const std::string& agent, const model::AuditEntry& audit) override;

 private:
  // The caller holds the lock.
  base::Result<void> check(const model::AgentToken& token) const;
  std::shared_ptr<Tables> tables_;
};

class Alerts final : public contract::AlertStore {
 public:
  explicit Alerts(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}
  model::Alerting alerting() override;
  std::uint64_t add_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override;
  base::Result<void> change_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override;
  base::Result<void> remove_rule(std::uint64_t id, const model::AuditEntry& audit) override;
  std::uint64_t add_silence(const model::Silence& silence, const model::AuditEntry& audit) override;
  base::Result<void> end_silence(std::uint64_t id, base::Time at, const model::AuditEntry& audit) override;

 private:
  // The caller holds the lock.
  void done(const model::AuditEntry& audit);
  std::shared_ptr<Tables> tables_;
};

}  // namespace davylamp::memory
