// Rules and silences. Each call is a transaction of its own, on a connection of its own.
#pragma once

#include "contract/store.hpp"
#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {

class Alerts final : public contract::AlertStore {
 public:
  Alerts(const std::string& path, Access access) : connection_(path, access) {}
  model::Alerting alerting() override;
  std::uint64_t add_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override;
  base::Result<void> change_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override;
  base::Result<void> remove_rule(std::uint64_t id, const model::AuditEntry& audit) override;
  std::uint64_t add_silence(const model::Silence& silence, const model::AuditEntry& audit) override;
  base::Result<void> end_silence(std::uint64_t id, base::Time at, const model::AuditEntry& audit) override;

 private:
  void commit(Transaction& transaction, const model::AuditEntry& audit);
  Connection connection_;
};

}  // namespace davylamp::sqlite
