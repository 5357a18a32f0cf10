#include "store/sql/limits.hpp"

#include "base/text.hpp"
#include "store/limits_rules.hpp"
#include "store/paging.hpp"
#include "store/sql/erase_user.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

// A change to what operators lay down: nothing of it stays unless commit() is reached.
class Change {
 public:
  explicit Change(Connection& connection) : connection_(connection), transaction_(connection, Unit::write) {}
  void commit(const model::AuditEntry& audit) {
    grow_limits_revision(connection_);
    insert_audit(connection_, audit);
    transaction_.commit();
  }

 private:
  Connection& connection_;
  Transaction transaction_;
};

bool any(Connection& connection, std::string_view sql, const auto&... values) {
  Statement row(connection, sql);
  row.bind_all(values...);
  return row.step();
}

}  // namespace

model::Limits Limits::limits() {
  Transaction snapshot(connection_, Unit::read);
  return load_limits(connection_);
}

base::Result<void> Limits::check_subject(const model::Limit& limit) {
  if (!store::names_a_group(limit)) return {};
  if (any(connection_, "SELECT 1 FROM groups WHERE name = ?1", limit.subject)) return {};
  return store::no_group(limit.subject);
}

base::Result<void> Limits::check_limit(std::uint64_t id) {
  if (any(connection_, "SELECT 1 FROM limits WHERE id = ?1", id)) return {};
  return store::no_limit(id);
}

base::Result<std::uint64_t> Limits::add_limit(const model::Limit& limit, const model::AuditEntry& audit) {
  Change change(connection_);
  if (auto checked = check_subject(limit); !checked) return std::unexpected(checked.error());
  const auto id = insert_row(connection_, "limits", limit);
  change.commit(audit);
  return id;
}

base::Result<void> Limits::change_limit(const model::Limit& limit, const model::AuditEntry& audit) {
  Change change(connection_);
  Statement made(connection_, "SELECT created_at, created_by FROM limits WHERE id = ?1");
  made.bind_all(limit.id);
  if (!made.step()) return store::no_limit(limit.id);
  auto changed = limit;
  changed.created_at = made.get<base::Time>(0);
  changed.created_by = made.text(1);
  made.reset();
  if (auto checked = check_subject(limit); !checked) return checked;
  Statement row(connection_, replace_sql<model::Limit>("limits", {"id"}));
  bind_row(row, 1, changed);
  row.run();
  change.commit(audit);
  return {};
}

base::Result<void> Limits::remove_limit(std::uint64_t id, const model::AuditEntry& audit) {
  Change change(connection_);
  if (run(connection_, "DELETE FROM limits WHERE id = ?1", id) == 0) return store::no_limit(id);
  change.commit(audit);
  return {};
}

base::Result<std::uint64_t> Limits::add_grant(const model::Grant& grant, const model::AuditEntry& audit) {
  Change change(connection_);
  if (auto checked = check_limit(grant.limit_id); !checked) return std::unexpected(checked.error());
  const auto id = insert_row(connection_, "grants", grant);
  change.commit(audit);
  return id;
}

base::Result<void> Limits::remove_grant(std::uint64_t id, const model::AuditEntry& audit) {
  Change change(connection_);
  if (run(connection_, "DELETE FROM grants WHERE id = ?1", id) == 0) return store::no_grant(id);
  change.commit(audit);
  return {};
}

base::Result<void> Limits::reset(const model::Reset& reset, const model::AuditEntry& audit) {
  Change change(connection_);
  if (auto checked = check_limit(reset.limit_id); !checked) return checked;
  std::optional<std::uint64_t> rx_bytes;
  std::optional<std::uint64_t> tx_bytes;
  if (reset.forgiven) {
    rx_bytes = reset.forgiven->rx_bytes;
    tx_bytes = reset.forgiven->tx_bytes;
  }
  run(connection_,
      "INSERT INTO resets (limit_id, \"user\", at, reset_by, period_start_at, forgiven_rx_bytes, forgiven_tx_bytes) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (limit_id, \"user\") DO UPDATE SET at = excluded.at, "
      "reset_by = excluded.reset_by, period_start_at = excluded.period_start_at, "
      "forgiven_rx_bytes = excluded.forgiven_rx_bytes, forgiven_tx_bytes = excluded.forgiven_tx_bytes",
      reset.limit_id, reset.user, reset.at, reset.reset_by, reset.period_start_at, rx_bytes, tx_bytes);
  change.commit(audit);
  return {};
}

void Limits::block(const model::Block& block, const model::AuditEntry& audit) {
  Change change(connection_);
  Statement row(connection_, replace_sql<model::Block>("blocks", {"user"}));
  bind_row(row, 1, block);
  row.run();
  change.commit(audit);
}

base::Result<void> Limits::unblock(const std::string& user, const model::AuditEntry& audit) {
  Change change(connection_);
  if (run(connection_, "DELETE FROM blocks WHERE \"user\" = ?1", user) == 0) return store::no_block(user);
  change.commit(audit);
  return {};
}

void Limits::put_group(const model::Group& group, const model::AuditEntry& audit) {
  Change change(connection_);
  const auto members = store::members_of(group);
  run(connection_,
      "INSERT INTO groups (name, note) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET note = excluded.note",
      group.name, group.note);
  run(connection_, "DELETE FROM group_members WHERE group_name = ?1", group.name);
  Statement member(connection_, "INSERT INTO group_members (group_name, \"user\") VALUES (?1, ?2)");
  for (const auto& user : members) {
    member.bind_all(group.name, user);
    member.run();
  }
  change.commit(audit);
}

base::Result<void> Limits::remove_group(const std::string& name, const model::AuditEntry& audit) {
  Change change(connection_);
  if (any(connection_, "SELECT 1 FROM limits WHERE subject_kind IN ('each', 'group') AND subject = ?1", name)) {
    return store::group_in_use(name);
  }
  if (run(connection_, "DELETE FROM groups WHERE name = ?1", name) == 0) return store::no_group(name);
  change.commit(audit);
  return {};
}

std::vector<model::UsagePeriod> Limits::periods(std::uint64_t limit_id, const std::string& user, std::size_t limit) {
  Statement rows(connection_,
                 "SELECT limit_id, \"user\", start_at, end_at, used_bytes, allowed_bytes FROM usage_periods "
                 "WHERE limit_id = ?1 AND \"user\" = ?2 ORDER BY start_at DESC LIMIT ?3");
  rows.bind_all(limit_id, user, static_cast<std::uint64_t>(store::page_size(limit)));
  std::vector<model::UsagePeriod> periods;
  while (rows.step()) periods.push_back(read_row<model::UsagePeriod>(rows));
  return periods;
}

base::Result<std::uint64_t> Limits::erase_user(const std::string& user, const model::AuditEntry& audit) {
  Change change(connection_);
  const auto rows = sql::erase_user(connection_, user);
  if (!rows) return rows;
  change.commit(store::without_user(audit, user));
  return rows;
}

}  // namespace davylamp::sql
