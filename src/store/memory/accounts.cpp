#include "store/memory/accounts.hpp"

#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "store/paging.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {

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

void Accounts::append_audit(const model::AuditEntry& entry) {
  const std::lock_guard lock(tables_->mutex);
  tables_->audit.push_back(store::stored_form(entry));
}

std::vector<model::AuditEntry> Accounts::audit(std::size_t limit, std::optional<std::uint64_t>) {
  const std::lock_guard lock(tables_->mutex);
  const auto newest =
      tables_->audit | std::views::reverse | std::views::take(static_cast<std::ptrdiff_t>(store::page_size(limit)));
  return {newest.begin(), newest.end()};
}

std::string Accounts::signing_key(const std::string& proposed) {
  const std::lock_guard lock(tables_->mutex);
  if (tables_->signing_key.empty()) tables_->signing_key = proposed;
  return tables_->signing_key;
}

}  // namespace davylamp::memory
