#include "store/sql/alerts.hpp"

#include "store/agents_rules.hpp"
#include "store/sql/agents_rows.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {

void Alerts::commit(Transaction& transaction, const model::AuditEntry& audit) {
  grow_alerting_revision(connection_);
  insert_audit(connection_, audit);
  transaction.commit();
}

model::Alerting Alerts::alerting() {
  Transaction snapshot(connection_, Unit::read);
  return load_alerting(connection_);
}

std::uint64_t Alerts::add_rule(const model::AlertRule& rule, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  const auto id = insert_row(connection_, "alert_rules", rule);
  commit(transaction, audit);
  return id;
}

base::Result<void> Alerts::change_rule(const model::AlertRule& rule, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  Statement row(connection_, "UPDATE alert_rules SET (" + column_list<model::AlertRule>() + ") = (" +
                                 parameter_list<model::AlertRule>() + ") WHERE id = ?1");
  bind_row(row, 1, rule);
  if (row.run() == 0) return store::no_rule(rule.id);
  commit(transaction, audit);
  return {};
}

base::Result<void> Alerts::remove_rule(std::uint64_t id, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  if (run(connection_, "DELETE FROM alert_rules WHERE id = ?1", id) == 0) return store::no_rule(id);
  commit(transaction, audit);
  return {};
}

std::uint64_t Alerts::add_silence(const model::Silence& silence, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  const auto id = insert_row(connection_, "silences", silence);
  commit(transaction, audit);
  return id;
}

base::Result<void> Alerts::end_silence(std::uint64_t id, base::Time at, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  if (run(connection_, "UPDATE silences SET ends_at = min(ends_at, ?2) WHERE id = ?1", id, at) == 0)
    return store::no_silence(id);
  commit(transaction, audit);
  return {};
}

}  // namespace davylamp::sql
