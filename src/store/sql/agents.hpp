// Agents and their tokens. Each call is a transaction of its own, on a connection of its own.
#pragma once

#include "contract/store.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

class Agents final : public contract::AgentStore {
 public:
  explicit Agents(std::unique_ptr<Connection> connection) : owned_(std::move(connection)), connection_(*owned_) {}
  std::vector<model::AgentSettings> agents() override;
  void put_agent(const model::AgentSettings& settings, const model::AuditEntry& audit) override;
  base::Result<void> remove_agent(const std::string& name, const model::AuditEntry& audit) override;
  std::vector<model::AgentToken> tokens() override;
  base::Result<void> add_token(const model::AgentToken& token, const model::AuditEntry& audit) override;
  base::Result<void> exchange_token(const std::string& one_time_hash, const model::AgentToken& fresh, base::Time now,
                                    const model::AuditEntry& audit) override;
  std::uint64_t revoke_tokens(const std::string& agent, const model::AuditEntry& audit) override;

 private:
  base::Result<void> insert(const model::AgentToken& token);
  void commit(Transaction& transaction, const model::AuditEntry& audit);
  std::unique_ptr<Connection> owned_;
  Connection& connection_;
};

}  // namespace davylamp::sql
