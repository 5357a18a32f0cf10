#include "store/memory/accounts.hpp"

#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "store/paging.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {
namespace {

base::Result<void> no_account(const std::string& name) {
  return base::fail("not_found", "there is no account \"" + base::printable(name) + "\"");
}

}  // namespace

base::Result<void> Accounts::add_account(const model::Account& account) {
  const std::lock_guard lock(tables_->mutex);
  auto stored = account;
  store::make_stored_form(stored.created_at);
  store::make_stored_form(stored.last_login_at);
  if (!tables_->accounts.emplace(account.name, stored).second) {
    return base::fail("exists", "there is an account \"" + base::printable(account.name) + "\" already");
  }
  return {};
}

base::Result<void> Accounts::set_password(const std::string& name, const std::string& password_hash) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->accounts.find(name);
  if (found == tables_->accounts.end())
    return base::fail("not_found", "there is no account \"" + base::printable(name) + "\"");
  found->second.password_hash = password_hash;
  std::erase_if(tables_->refresh_tokens, [&](const auto& row) { return row.second.account == name; });
  return {};
}

std::optional<model::Account> Accounts::account(const std::string& name) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->accounts.find(name);
  if (found == tables_->accounts.end()) return std::nullopt;
  return found->second;
}

std::vector<model::Account> Accounts::accounts() {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::Account> accounts;
  for (const auto& [name, account] : tables_->accounts) accounts.push_back(account);
  return accounts;
}

void Accounts::record_login(const std::string& name, base::Time at) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->accounts.find(name);
  if (found != tables_->accounts.end()) found->second.last_login_at = store::whole_seconds(at);
}

void Accounts::add_refresh_token(const model::RefreshToken& token) {
  const std::lock_guard lock(tables_->mutex);
  if (!tables_->accounts.contains(token.account)) {
    throw base::Failure("store_failed",
                        "a refresh token needs an account, and there is no \"" + base::printable(token.account) + "\"");
  }
  auto stored = token;
  store::make_stored_form(stored.expires_at);
  store::make_stored_form(stored.used_at);
  if (!tables_->refresh_tokens.emplace(token.token_hash, stored).second) {
    throw base::Failure("store_failed", "this refresh token is stored already: make another one");
  }
}

// The first use stays written down, so that every later one shows as a second.
std::optional<model::RefreshToken> Accounts::use_refresh_token(const std::string& token_hash, base::Time at) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->refresh_tokens.find(token_hash);
  if (found == tables_->refresh_tokens.end()) return std::nullopt;
  auto before = found->second;
  if (!found->second.used_at) found->second.used_at = store::whole_seconds(at);
  return before;
}

void Accounts::revoke_family(const std::string& family) {
  const std::lock_guard lock(tables_->mutex);
  std::erase_if(tables_->refresh_tokens, [&](const auto& row) { return row.second.family == family; });
}

void Accounts::forget_refresh_tokens(base::Time expired_before) {
  const std::lock_guard lock(tables_->mutex);
  std::erase_if(tables_->refresh_tokens,
                [&](const auto& row) { return row.second.expires_at < store::whole_seconds(expired_before); });
}

base::Result<void> Accounts::change_account(const model::Account& account, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->accounts.find(account.name);
  if (found == tables_->accounts.end()) return no_account(account.name);
  auto& stored = found->second;
  const bool new_password = !account.password_hash.empty();
  if (new_password || stored.role != account.role)
    std::erase_if(tables_->refresh_tokens, [&](const auto& row) { return row.second.account == account.name; });
  stored.role = account.role;
  stored.origin = account.origin;
  stored.scope = account.scope;
  if (new_password) stored.password_hash = account.password_hash;
  memory::append_audit(*tables_, audit);
  return {};
}

base::Result<void> Accounts::remove_account(const std::string& name, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->accounts.erase(name) == 0) return no_account(name);
  std::erase_if(tables_->refresh_tokens, [&](const auto& row) { return row.second.account == name; });
  std::erase_if(tables_->api_tokens, [&](const auto& row) { return row.second.account == name; });
  memory::append_audit(*tables_, audit);
  return {};
}

base::Result<void> Accounts::set_second_factor(const std::string& name,
                                               const std::optional<model::SecondFactor>& factor,
                                               const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->accounts.find(name);
  if (found == tables_->accounts.end()) return no_account(name);
  found->second.second_factor = factor;
  memory::append_audit(*tables_, audit);
  return {};
}

bool Accounts::use_code_step(const std::string& name, std::uint64_t step) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->accounts.find(name);
  if (found == tables_->accounts.end() || !found->second.second_factor) return false;
  auto& last = found->second.second_factor->last_step;
  if (step <= last) return false;
  last = step;
  return true;
}

bool Accounts::use_recovery_code(const std::string& name, const std::string& code_hash) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->accounts.find(name);
  if (found == tables_->accounts.end() || !found->second.second_factor) return false;
  return std::erase(found->second.second_factor->recovery_hashes, code_hash) > 0;
}

std::vector<model::ApiToken> Accounts::api_tokens() {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::ApiToken> tokens;
  for (const auto& [id, token] : tables_->api_tokens) tokens.push_back(token);
  return tokens;
}

std::optional<model::ApiToken> Accounts::api_token(const std::string& token_hash) {
  const std::lock_guard lock(tables_->mutex);
  for (const auto& [id, token] : tables_->api_tokens) {
    if (token.token_hash == token_hash) return token;
  }
  return std::nullopt;
}

std::uint64_t Accounts::add_api_token(const model::ApiToken& token, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (!tables_->accounts.contains(token.account))
    throw base::Failure("store_failed",
                        "an API token needs an account, and there is no \"" + base::printable(token.account) + "\"");
  auto stored = token;
  stored.id = tables_->next_api_token_id++;
  store::make_stored_form(stored.created_at);
  store::make_stored_form(stored.expires_at);
  store::make_stored_form(stored.last_used_at);
  tables_->api_tokens.emplace(stored.id, stored);
  memory::append_audit(*tables_, audit);
  return stored.id;
}

base::Result<void> Accounts::remove_api_token(std::uint64_t id, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->api_tokens.erase(id) == 0) return base::fail("not_found", "there is no API token " + std::to_string(id));
  memory::append_audit(*tables_, audit);
  return {};
}

void Accounts::note_api_token_used(std::uint64_t id, base::Time at) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->api_tokens.find(id);
  if (found != tables_->api_tokens.end()) found->second.last_used_at = store::whole_seconds(at);
}

std::vector<model::ServerGroup> Accounts::server_groups() {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::ServerGroup> groups;
  for (const auto& [name, group] : tables_->server_groups) groups.push_back(group);
  return groups;
}

void Accounts::put_server_group(const model::ServerGroup& group, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  tables_->server_groups[group.name] = group;
  memory::append_audit(*tables_, audit);
}

base::Result<void> Accounts::remove_server_group(const std::string& name, const model::AuditEntry& audit) {
  const std::lock_guard lock(tables_->mutex);
  for (const auto& [who, account] : tables_->accounts) {
    if (std::ranges::find(account.scope, name) != account.scope.end())
      return base::fail("in_use",
                        "the scope of " + base::printable(who) + " names it: give that account another scope first");
  }
  if (tables_->server_groups.erase(name) == 0)
    return base::fail("not_found", "there is no server group \"" + base::printable(name) + "\"");
  memory::append_audit(*tables_, audit);
  return {};
}

void Accounts::append_audit(const model::AuditEntry& entry) {
  const std::lock_guard lock(tables_->mutex);
  memory::append_audit(*tables_, entry);
}

std::vector<model::AuditEntry> Accounts::audit(std::size_t limit, std::optional<std::uint64_t> before) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::AuditEntry> newest;
  for (const auto& line : tables_->audit | std::views::reverse) {
    if (newest.size() == store::page_size(limit)) break;
    if (!before || line.number < *before) newest.push_back(line);
  }
  return newest;
}

model::AuditCheck Accounts::check_audit() {
  const std::lock_guard lock(tables_->mutex);
  store::ChainCheck check(tables_->audit_cut);
  for (const auto& line : tables_->audit) check.look_at(line);
  return check.result(tables_->audit_end);
}

std::string Accounts::signing_key(const std::string& proposed) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->signing_key.empty()) tables_->signing_key = proposed;
  return tables_->signing_key;
}

}  // namespace davylamp::memory
