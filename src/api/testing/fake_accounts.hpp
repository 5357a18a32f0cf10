// Accounts that a test fills and reads by hand.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

#include "contract/store.hpp"

namespace davylamp::api::testing {

struct StoredAccounts {
  std::map<std::string, model::Account> accounts;
  std::map<std::string, model::RefreshToken> tokens;
  std::vector<model::ApiToken> api_tokens;
  std::map<std::string, model::ServerGroup> groups;
  std::vector<model::AuditEntry> audit;
  model::AuditCheck check;
  std::string key;
};

class FakeAccounts : public contract::AccountStore {
 public:
  explicit FakeAccounts(std::shared_ptr<StoredAccounts> rows) : rows_(std::move(rows)) {}

  base::Result<void> add_account(const model::Account& account) override {
    if (!rows_->accounts.emplace(account.name, account).second) return base::fail("exists", "there is one");
    return {};
  }
  base::Result<void> set_password(const std::string& name, const std::string& password_hash) override {
    if (!rows_->accounts.contains(name)) return none();
    rows_->accounts[name].password_hash = password_hash;
    return {};
  }
  std::optional<model::Account> account(const std::string& name) override {
    const auto found = rows_->accounts.find(name);
    return found == rows_->accounts.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<model::Account> accounts() override {
    std::vector<model::Account> all;
    for (const auto& [name, account] : rows_->accounts) all.push_back(account);
    return all;
  }
  void record_login(const std::string& name, base::Time at) override { rows_->accounts[name].last_login_at = at; }
  void add_refresh_token(const model::RefreshToken& token) override { rows_->tokens[token.token_hash] = token; }
  std::optional<model::RefreshToken> use_refresh_token(const std::string& token_hash, base::Time at) override {
    const auto found = rows_->tokens.find(token_hash);
    if (found == rows_->tokens.end()) return std::nullopt;
    auto before = found->second;
    if (!found->second.used_at) found->second.used_at = at;
    return before;
  }
  void revoke_family(const std::string& family) override {
    std::erase_if(rows_->tokens, [&](const auto& item) { return item.second.family == family; });
  }
  void forget_refresh_tokens(base::Time expired_before) override {
    std::erase_if(rows_->tokens, [&](const auto& item) { return item.second.expires_at < expired_before; });
  }
  base::Result<void> change_account(const model::Account& account, const model::AuditEntry& audit) override {
    const auto found = rows_->accounts.find(account.name);
    if (found == rows_->accounts.end()) return none();
    if (found->second.role != account.role || !account.password_hash.empty())
      std::erase_if(rows_->tokens, [&](const auto& item) { return item.second.account == account.name; });
    found->second.role = account.role;
    found->second.origin = account.origin;
    found->second.scope = account.scope;
    if (!account.password_hash.empty()) found->second.password_hash = account.password_hash;
    append_audit(audit);
    return {};
  }
  base::Result<void> remove_account(const std::string& name, const model::AuditEntry& audit) override {
    if (rows_->accounts.erase(name) == 0) return none();
    std::erase_if(rows_->tokens, [&](const auto& item) { return item.second.account == name; });
    std::erase_if(rows_->api_tokens, [&](const auto& token) { return token.account == name; });
    append_audit(audit);
    return {};
  }
  base::Result<void> set_second_factor(const std::string& name, const std::optional<model::SecondFactor>& factor,
                                       const model::AuditEntry& audit) override {
    const auto found = rows_->accounts.find(name);
    if (found == rows_->accounts.end()) return none();
    found->second.second_factor = factor;
    append_audit(audit);
    return {};
  }
  bool use_code_step(const std::string& name, std::uint64_t step) override {
    const auto found = rows_->accounts.find(name);
    if (found == rows_->accounts.end() || !found->second.second_factor) return false;
    auto& last = found->second.second_factor->last_step;
    if (step <= last) return false;
    last = step;
    return true;
  }
  bool use_recovery_code(const std::string& name, const std::string& code_hash) override {
    const auto found = rows_->accounts.find(name);
    if (found == rows_->accounts.end() || !found->second.second_factor) return false;
    return std::erase(found->second.second_factor->recovery_hashes, code_hash) > 0;
  }
  std::vector<model::ApiToken> api_tokens() override { return rows_->api_tokens; }
  std::optional<model::ApiToken> api_token(const std::string& token_hash) override {
    const auto found = std::ranges::find(rows_->api_tokens, token_hash, &model::ApiToken::token_hash);
    return found == rows_->api_tokens.end() ? std::nullopt : std::optional(*found);
  }
  std::uint64_t add_api_token(const model::ApiToken& token, const model::AuditEntry& audit) override {
    rows_->api_tokens.push_back(token);
    rows_->api_tokens.back().id = ++ids_;
    append_audit(audit);
    return ids_;
  }
  base::Result<void> remove_api_token(std::uint64_t id, const model::AuditEntry& audit) override {
    if (std::erase_if(rows_->api_tokens, [&](const auto& token) { return token.id == id; }) == 0) return none();
    append_audit(audit);
    return {};
  }
  void note_api_token_used(std::uint64_t id, base::Time at) override {
    const auto found = std::ranges::find(rows_->api_tokens, id, &model::ApiToken::id);
    if (found != rows_->api_tokens.end()) found->last_used_at = at;
  }
  std::vector<model::ServerGroup> server_groups() override {
    std::vector<model::ServerGroup> all;
    for (const auto& [name, group] : rows_->groups) all.push_back(group);
    return all;
  }
  void put_server_group(const model::ServerGroup& group, const model::AuditEntry& audit) override {
    rows_->groups[group.name] = group;
    append_audit(audit);
  }
  base::Result<void> remove_server_group(const std::string& name, const model::AuditEntry& audit) override {
    for (const auto& [who, account] : rows_->accounts) {
      if (std::ranges::find(account.scope, name) != account.scope.end())
        return base::fail("in_use", "an account's scope names it");
    }
    if (rows_->groups.erase(name) == 0) return none();
    append_audit(audit);
    return {};
  }
  void append_audit(const model::AuditEntry& entry) override {
    rows_->audit.push_back(entry);
    rows_->audit.back().number = rows_->audit.size();
  }
  std::vector<model::AuditEntry> audit(std::size_t limit, std::optional<std::uint64_t> before) override {
    std::vector<model::AuditEntry> newest;
    for (const auto& entry : rows_->audit | std::views::reverse) {
      if (newest.size() < limit && (!before || entry.number < *before)) newest.push_back(entry);
    }
    return newest;
  }
  model::AuditCheck check_audit() override { return rows_->check; }
  std::string signing_key(const std::string& proposed) override {
    if (rows_->key.empty()) rows_->key = proposed;
    return rows_->key;
  }

 private:
  static base::Result<void> none() { return base::fail("not_found", "there is none"); }
  std::shared_ptr<StoredAccounts> rows_;
  std::uint64_t ids_ = 0;
};

}  // namespace davylamp::api::testing
