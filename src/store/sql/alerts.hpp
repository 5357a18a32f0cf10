// Rules and silences. Each call is a transaction of its own, on a connection of its own.
#pragma once

#include "contract/store.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

class Alerts final : public contract::AlertStore {
 public:
  explicit Alerts(std::unique_ptr<Connection> connection) : owned_(std::move(connection)), connection_(*owned_) {}
  model::Alerting alerting() override;
  std::uint64_t add_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override;
  base::Result<void> change_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override;
  base::Result<void> remove_rule(std::uint64_t id, const model::AuditEntry& audit) override;
  std::uint64_t add_silence(const model::Silence& silence, const model::AuditEntry& audit) override;
  base::Result<void> end_silence(std::uint64_t id, base::Time at, const model::AuditEntry& audit) override;

 private:
  void commit(Transaction& transaction, const model::AuditEntry& audit);
  std::unique_ptr<Connection> owned_;
  Connection& connection_;
};

}  // namespace davylamp::sql
