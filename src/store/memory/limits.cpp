#include "store/memory/limits.hpp"

#include <algorithm>

#include "store/limits_rules.hpp"
#include "store/memory/erase_user.hpp"
#include "store/paging.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {
namespace {

bool has_subject(const Tables& tables, const model::Limit& limit) {
  return !store::names_a_group(limit) || tables.groups.contains(limit.subject);
}

template <class Table>
auto rows_of(const Table& table) {
  std::vector<typename Table::mapped_type> rows;
  rows.reserve(table.size());
  for (const auto& [key, row] : table) rows.push_back(row);
  return rows;
}

}  // namespace

model::Limits all_limits(const Tables& tables) {
  return {.revision = tables.limits_revision,
          .groups = rows_of(tables.groups),
          .limits = rows_of(tables.limits),
          .grants = rows_of(tables.grants),
          .resets = rows_of(tables.resets),
          .blocks = rows_of(tables.blocks)};
}

void Limits::done(const model::AuditEntry& audit) {
  ++tables_->limits_revision;
  append_audit(*tables_, audit);
}

model::Limits Limits::limits() {
  const std::lock_guard lock(tables_->mutex);
  return all_limits(*tables_);
}

base::Result<std::uint64_t> Limits::add_limit(const model::Limit& limit, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (!has_subject(*tables_, limit)) return store::no_group(limit.subject);
  auto stored = store::stored_form(limit);
  stored.id = tables_->next_limit_id++;
  tables_->limits.emplace(stored.id, stored);
  done(audit);
  return stored.id;
}

base::Result<void> Limits::change_limit(const model::Limit& limit, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->limits.find(limit.id);
  if (found == tables_->limits.end()) return store::no_limit(limit.id);
  if (!has_subject(*tables_, limit)) return store::no_group(limit.subject);
  auto changed = store::stored_form(limit);
  changed.created_at = found->second.created_at;
  changed.created_by = found->second.created_by;
  found->second = changed;
  done(audit);
  return {};
}

base::Result<void> Limits::remove_limit(std::uint64_t id, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->limits.erase(id) == 0) return store::no_limit(id);
  std::erase_if(tables_->grants, [&](const auto& row) { return row.second.limit_id == id; });
  std::erase_if(tables_->resets, [&](const auto& row) { return row.first.first == id; });
  done(audit);
  return {};
}

base::Result<std::uint64_t> Limits::add_grant(const model::Grant& grant, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (!tables_->limits.contains(grant.limit_id)) return store::no_limit(grant.limit_id);
  auto stored = store::stored_form(grant);
  stored.id = tables_->next_grant_id++;
  tables_->grants.emplace(stored.id, stored);
  done(audit);
  return stored.id;
}

base::Result<void> Limits::remove_grant(std::uint64_t id, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->grants.erase(id) == 0) return store::no_grant(id);
  done(audit);
  return {};
}

base::Result<void> Limits::reset(const model::Reset& reset, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (!tables_->limits.contains(reset.limit_id)) return store::no_limit(reset.limit_id);
  tables_->resets.insert_or_assign({reset.limit_id, reset.user}, store::stored_form(reset));
  done(audit);
  return {};
}

void Limits::block(const model::Block& block, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  tables_->blocks.insert_or_assign(block.user, store::stored_form(block));
  done(audit);
}

base::Result<void> Limits::unblock(const std::string& user, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->blocks.erase(user) == 0) return store::no_block(user);
  done(audit);
  return {};
}

void Limits::put_group(const model::Group& group, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  auto stored = group;
  stored.members = store::members_of(group);
  tables_->groups.insert_or_assign(group.name, stored);
  done(audit);
}

base::Result<void> Limits::remove_group(const std::string& name, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto binds_it = [&](const auto& row) {
    return row.second.subject_kind != model::LimitSubject::user && row.second.subject == name;
  };
  if (std::ranges::any_of(tables_->limits, binds_it)) return store::group_in_use(name);
  if (tables_->groups.erase(name) == 0) return store::no_group(name);
  done(audit);
  return {};
}

std::vector<model::UsagePeriod> Limits::periods(std::uint64_t limit_id, const std::string& user, std::size_t limit) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::UsagePeriod> periods;
  for (const auto& [key, period] : tables_->usage_periods) {
    if (period.limit_id == limit_id && period.user == user) periods.push_back(period);
  }
  std::ranges::reverse(periods);
  periods.resize(std::min(periods.size(), store::page_size(limit)));
  return periods;
}

base::Result<std::uint64_t> Limits::erase_user(const std::string& user, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto rows = memory::erase_user(*tables_, user);
  if (rows) done(store::without_user(audit, user));
  return rows;
}

}  // namespace davylamp::memory
