// Limits that a test fills by hand: just enough of the contract for the routes.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "contract/store.hpp"

namespace davylamp::api::testing {

struct StoredLimits {
  model::Limits limits;
  std::vector<model::UsagePeriod> periods;
  std::vector<model::AuditEntry> audit;
  std::set<std::string> open_users;  // whose session is open
  std::vector<std::string> erased;
  std::uint64_t last_id = 0;
};

class FakeLimits : public contract::LimitStore {
 public:
  explicit FakeLimits(std::shared_ptr<StoredLimits> rows) : rows_(std::move(rows)) {}

  model::Limits limits() override { return all(); }
  base::Result<std::uint64_t> add_limit(const model::Limit& limit, const model::AuditEntry& audit) override {
    all().limits.push_back(limit);
    all().limits.back().id = ++rows_->last_id;
    note(audit);
    return rows_->last_id;
  }
  base::Result<void> change_limit(const model::Limit& limit, const model::AuditEntry& audit) override {
    const auto found = std::ranges::find(all().limits, limit.id, &model::Limit::id);
    if (found == all().limits.end()) return base::fail("not_found", "there is no such limit");
    *found = limit;
    return note(audit);
  }
  base::Result<void> remove_limit(std::uint64_t id, const model::AuditEntry& audit) override {
    return remove(all().limits, [id](const auto& limit) { return limit.id == id; }, audit);
  }
  base::Result<std::uint64_t> add_grant(const model::Grant& grant, const model::AuditEntry& audit) override {
    all().grants.push_back(grant);
    all().grants.back().id = ++rows_->last_id;
    note(audit);
    return rows_->last_id;
  }
  base::Result<void> remove_grant(std::uint64_t id, const model::AuditEntry& audit) override {
    return remove(all().grants, [id](const auto& grant) { return grant.id == id; }, audit);
  }
  base::Result<void> reset(const model::Reset& reset, const model::AuditEntry& audit) override {
    std::erase_if(all().resets,
                  [&](const auto& other) { return other.limit_id == reset.limit_id && other.user == reset.user; });
    all().resets.push_back(reset);
    return note(audit);
  }
  void block(const model::Block& block, const model::AuditEntry& audit) override {
    std::erase_if(all().blocks, [&](const auto& other) { return other.user == block.user; });
    all().blocks.push_back(block);
    note(audit);
  }
  base::Result<void> unblock(const std::string& user, const model::AuditEntry& audit) override {
    return remove(all().blocks, [&](const auto& block) { return block.user == user; }, audit);
  }
  void put_group(const model::Group& group, const model::AuditEntry& audit) override {
    std::erase_if(all().groups, [&](const auto& other) { return other.name == group.name; });
    all().groups.push_back(group);
    note(audit);
  }
  base::Result<void> remove_group(const std::string& name, const model::AuditEntry& audit) override {
    const auto binds = [&](const auto& limit) {
      return limit.subject_kind != model::LimitSubject::user && limit.subject == name;
    };
    if (std::ranges::any_of(all().limits, binds)) return base::fail("in_use", "a limit binds the group");
    return remove(all().groups, [&](const auto& group) { return group.name == name; }, audit);
  }
  std::vector<model::UsagePeriod> periods(std::uint64_t limit_id, const std::string& user, std::size_t limit) override {
    std::vector<model::UsagePeriod> found;
    for (const auto& period : rows_->periods) {
      if (period.limit_id == limit_id && period.user == user && found.size() < limit) found.push_back(period);
    }
    return found;
  }
  base::Result<std::uint64_t> erase_user(const std::string& user, const model::AuditEntry& audit) override {
    if (rows_->open_users.contains(user)) return base::fail("in_use", "a session of the user is open; end it first");
    rows_->erased.push_back(user);
    note(audit);
    return 12;
  }

 private:
  model::Limits& all() { return rows_->limits; }
  base::Result<void> note(const model::AuditEntry& audit) {
    ++all().revision;
    rows_->audit.push_back(audit);
    return {};
  }
  template <class T, class Wanted>
  base::Result<void> remove(std::vector<T>& rows, Wanted wanted, const model::AuditEntry& audit) {
    if (std::erase_if(rows, wanted) == 0) return base::fail("not_found", "there is none");
    return note(audit);
  }

  std::shared_ptr<StoredLimits> rows_;
};

}  // namespace davylamp::api::testing
