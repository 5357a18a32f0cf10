// Rules and silences that a test fills by hand, and looks into afterwards.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "contract/store.hpp"

namespace davylamp::api::testing {

struct StoredAlerts {
  model::Alerting alerting;
  std::vector<model::AuditEntry> audit;
  std::uint64_t last_id = 0;
};

class FakeAlerts : public contract::AlertStore {
 public:
  explicit FakeAlerts(std::shared_ptr<StoredAlerts> stored) : stored_(std::move(stored)) {}
  model::Alerting alerting() override { return stored_->alerting; }
  std::uint64_t add_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override {
    stored_->alerting.rules.push_back(rule);
    stored_->alerting.rules.back().id = ++stored_->last_id;
    stored_->audit.push_back(audit);
    return stored_->last_id;
  }
  base::Result<void> change_rule(const model::AlertRule& rule, const model::AuditEntry& audit) override {
    const auto found = std::ranges::find(stored_->alerting.rules, rule.id, &model::AlertRule::id);
    if (found == stored_->alerting.rules.end()) return base::fail("not_found", "There is no such rule.");
    *found = rule;
    stored_->audit.push_back(audit);
    return {};
  }
  base::Result<void> remove_rule(std::uint64_t id, const model::AuditEntry& audit) override {
    std::erase_if(stored_->alerting.rules, [&](const auto& rule) { return rule.id == id; });
    stored_->audit.push_back(audit);
    return {};
  }
  std::uint64_t add_silence(const model::Silence& silence, const model::AuditEntry& audit) override {
    stored_->alerting.silences.push_back(silence);
    stored_->alerting.silences.back().id = ++stored_->last_id;
    stored_->audit.push_back(audit);
    return stored_->last_id;
  }
  base::Result<void> end_silence(std::uint64_t id, base::Time at, const model::AuditEntry& audit) override {
    const auto found = std::ranges::find(stored_->alerting.silences, id, &model::Silence::id);
    if (found == stored_->alerting.silences.end()) return base::fail("not_found", "There is no such silence.");
    found->ends_at = at;
    stored_->audit.push_back(audit);
    return {};
  }

 private:
  std::shared_ptr<StoredAlerts> stored_;
};

}  // namespace davylamp::api::testing
