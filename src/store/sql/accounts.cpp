#include "store/sql/accounts.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "store/paging.hpp"
#include "store/sql/audit.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {
namespace {

constexpr std::string_view account_columns =
    "name, role, password_hash, created_at, last_login_at, origin, scope, second_factor";
constexpr std::string_view token_columns = "id, name, account, token_hash, role, created_at, expires_at, last_used_at";

model::Account read_account(const Statement& row) {
  return {.name = row.text(0),
          .role = row.get<model::Role>(1),
          .password_hash = row.text(2),
          .created_at = row.get<base::Time>(3),
          .last_login_at = row.get<std::optional<base::Time>>(4),
          .origin = row.get<model::AccountOrigin>(5),
          .scope = row.get<std::vector<std::string>>(6),
          .second_factor = row.get<std::optional<model::SecondFactor>>(7)};
}

model::ApiToken read_token(const Statement& row) {
  return {.id = row.get<std::uint64_t>(0),
          .name = row.text(1),
          .account = row.text(2),
          .token_hash = row.text(3),
          .role = row.get<model::Role>(4),
          .created_at = row.get<base::Time>(5),
          .expires_at = row.get<std::optional<base::Time>>(6),
          .last_used_at = row.get<std::optional<base::Time>>(7)};
}

base::Result<void> no_account(const std::string& name) {
  return base::fail("not_found", "there is no account \"" + base::printable(name) + "\"");
}

std::optional<model::Account> load_account(Connection& connection, const std::string& name) {
  Statement row(connection, "SELECT " + std::string(account_columns) + " FROM accounts WHERE name = ?1");
  row.bind_all(name);
  if (!row.step()) return std::nullopt;
  return read_account(row);
}

void save_factor(Connection& connection, const std::string& name, const std::optional<model::SecondFactor>& factor) {
  run(connection, "UPDATE accounts SET second_factor = ?2 WHERE name = ?1", name, factor);
}

}  // namespace

base::Result<void> Accounts::add_account(const model::Account& account) {
  const auto added = run(connection_,
                         "INSERT INTO accounts (" + std::string(account_columns) +
                             ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
                         account.name, account.role, account.password_hash, account.created_at, account.last_login_at,
                         account.origin, account.scope, account.second_factor);
  if (added == 0) return base::fail("exists", "there is an account \"" + base::printable(account.name) + "\" already");
  return {};
}

base::Result<void> Accounts::set_password(const std::string& name, const std::string& password_hash) {
  Transaction transaction(connection_, Unit::write);
  if (run(connection_, "UPDATE accounts SET password_hash = ?2 WHERE name = ?1", name, password_hash) == 0) {
    return base::fail("not_found", "there is no account \"" + base::printable(name) + "\"");
  }
  run(connection_, "DELETE FROM refresh_tokens WHERE account = ?1", name);
  transaction.commit();
  return {};
}

std::optional<model::Account> Accounts::account(const std::string& name) {
  return load_account(connection_, name);
}

std::vector<model::Account> Accounts::accounts() {
  Statement rows(connection_, "SELECT " + std::string(account_columns) + " FROM accounts ORDER BY name");
  std::vector<model::Account> accounts;
  while (rows.step()) accounts.push_back(read_account(rows));
  return accounts;
}

void Accounts::record_login(const std::string& name, base::Time at) {
  run(connection_, "UPDATE accounts SET last_login_at = ?2 WHERE name = ?1", name, at);
}

void Accounts::add_refresh_token(const model::RefreshToken& token) {
  run(connection_,
      "INSERT INTO refresh_tokens (token_hash, family, account, expires_at, used_at) VALUES (?1, ?2, ?3, ?4, ?5)",
      token.token_hash, token.family, token.account, token.expires_at, token.used_at);
}

// The first use stays written down, so that every later one shows as a second.
std::optional<model::RefreshToken> Accounts::use_refresh_token(const std::string& token_hash, base::Time at) {
  Transaction transaction(connection_, Unit::write);
  Statement row(connection_,
                "SELECT token_hash, family, account, expires_at, used_at FROM refresh_tokens WHERE token_hash = ?1");
  row.bind_all(token_hash);
  if (!row.step()) return std::nullopt;
  model::RefreshToken token{.token_hash = row.text(0),
                            .family = row.text(1),
                            .account = row.text(2),
                            .expires_at = row.get<base::Time>(3),
                            .used_at = row.get<std::optional<base::Time>>(4)};
  row.reset();
  run(connection_, "UPDATE refresh_tokens SET used_at = ?2 WHERE token_hash = ?1 AND used_at IS NULL", token_hash, at);
  transaction.commit();
  return token;
}

void Accounts::revoke_family(const std::string& family) {
  run(connection_, "DELETE FROM refresh_tokens WHERE family = ?1", family);
}

void Accounts::forget_refresh_tokens(base::Time expired_before) {
  run(connection_, "DELETE FROM refresh_tokens WHERE expires_at < ?1", expired_before);
}

base::Result<void> Accounts::change_account(const model::Account& account, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  const auto before = load_account(connection_, account.name);
  if (!before) return no_account(account.name);
  run(connection_, "UPDATE accounts SET role = ?2, origin = ?3, scope = ?4 WHERE name = ?1", account.name, account.role,
      account.origin, account.scope);
  const bool new_password = !account.password_hash.empty();
  if (new_password)
    run(connection_, "UPDATE accounts SET password_hash = ?2 WHERE name = ?1", account.name, account.password_hash);
  if (new_password || before->role != account.role)
    run(connection_, "DELETE FROM refresh_tokens WHERE account = ?1", account.name);
  insert_audit(connection_, audit);
  transaction.commit();
  return {};
}

base::Result<void> Accounts::remove_account(const std::string& name, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  run(connection_, "DELETE FROM refresh_tokens WHERE account = ?1", name);
  run(connection_, "DELETE FROM api_tokens WHERE account = ?1", name);
  if (run(connection_, "DELETE FROM accounts WHERE name = ?1", name) == 0) return no_account(name);
  insert_audit(connection_, audit);
  transaction.commit();
  return {};
}

base::Result<void> Accounts::set_second_factor(const std::string& name,
                                               const std::optional<model::SecondFactor>& factor,
                                               const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  if (!load_account(connection_, name)) return no_account(name);
  save_factor(connection_, name, factor);
  insert_audit(connection_, audit);
  transaction.commit();
  return {};
}

bool Accounts::use_code_step(const std::string& name, std::uint64_t step) {
  Transaction transaction(connection_, Unit::write);
  auto account = load_account(connection_, name);
  if (!account || !account->second_factor || step <= account->second_factor->last_step) return false;
  account->second_factor->last_step = step;
  save_factor(connection_, name, account->second_factor);
  transaction.commit();
  return true;
}

bool Accounts::use_recovery_code(const std::string& name, const std::string& code_hash) {
  Transaction transaction(connection_, Unit::write);
  auto account = load_account(connection_, name);
  if (!account || !account->second_factor) return false;
  if (std::erase(account->second_factor->recovery_hashes, code_hash) == 0) return false;
  save_factor(connection_, name, account->second_factor);
  transaction.commit();
  return true;
}

std::vector<model::ApiToken> Accounts::api_tokens() {
  Statement rows(connection_, "SELECT " + std::string(token_columns) + " FROM api_tokens ORDER BY id");
  std::vector<model::ApiToken> tokens;
  while (rows.step()) tokens.push_back(read_token(rows));
  return tokens;
}

std::optional<model::ApiToken> Accounts::api_token(const std::string& token_hash) {
  Statement row(connection_, "SELECT " + std::string(token_columns) + " FROM api_tokens WHERE token_hash = ?1");
  row.bind_all(token_hash);
  if (!row.step()) return std::nullopt;
  return read_token(row);
}

std::uint64_t Accounts::add_api_token(const model::ApiToken& token, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  Statement row(connection_,
                "INSERT INTO api_tokens (name, account, token_hash, role, created_at, expires_at, last_used_at) "
                "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id");
  row.bind_all(token.name, token.account, token.token_hash, token.role, token.created_at, token.expires_at,
               token.last_used_at);
  row.step();
  const auto id = row.get<std::uint64_t>(0);
  row.reset();
  insert_audit(connection_, audit);
  transaction.commit();
  return id;
}

base::Result<void> Accounts::remove_api_token(std::uint64_t id, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  if (run(connection_, "DELETE FROM api_tokens WHERE id = ?1", id) == 0)
    return base::fail("not_found", "there is no API token " + std::to_string(id));
  insert_audit(connection_, audit);
  transaction.commit();
  return {};
}

void Accounts::note_api_token_used(std::uint64_t id, base::Time at) {
  run(connection_, "UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1", id, at);
}

std::vector<model::ServerGroup> Accounts::server_groups() {
  Statement rows(connection_, "SELECT name, servers FROM server_groups ORDER BY name");
  std::vector<model::ServerGroup> groups;
  while (rows.step()) groups.push_back({rows.text(0), rows.get<std::vector<std::string>>(1)});
  return groups;
}

void Accounts::put_server_group(const model::ServerGroup& group, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  run(connection_,
      "INSERT INTO server_groups (name, servers) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET servers = "
      "excluded.servers",
      group.name, group.servers);
  insert_audit(connection_, audit);
  transaction.commit();
}

base::Result<void> Accounts::remove_server_group(const std::string& name, const model::AuditEntry& audit) {
  Transaction transaction(connection_, Unit::write);
  for (const auto& account : accounts()) {
    if (std::ranges::find(account.scope, name) != account.scope.end())
      return base::fail("in_use", "the scope of " + base::printable(account.name) +
                                      " names it: give that account another scope first");
  }
  if (run(connection_, "DELETE FROM server_groups WHERE name = ?1", name) == 0)
    return base::fail("not_found", "there is no server group \"" + base::printable(name) + "\"");
  insert_audit(connection_, audit);
  transaction.commit();
  return {};
}

void Accounts::append_audit(const model::AuditEntry& entry) {
  Transaction transaction(connection_, Unit::write);
  insert_audit(connection_, entry);
  transaction.commit();
}

std::vector<model::AuditEntry> Accounts::audit(std::size_t limit, std::optional<std::uint64_t> before) {
  // Numbers and ids grow together; those of lines older than the chain are 0.
  Statement rows(connection_, "SELECT " + column_list<model::AuditEntry>() +
                                  " FROM audit WHERE number < ?2 ORDER BY id DESC LIMIT ?1");
  rows.bind_all(static_cast<std::uint64_t>(store::page_size(limit)), before.value_or(store::greatest_number));
  std::vector<model::AuditEntry> entries;
  while (rows.step()) entries.push_back(read_row<model::AuditEntry>(rows));
  return entries;
}

model::AuditCheck Accounts::check_audit() {
  return sql::check_audit(connection_);
}

std::string Accounts::signing_key(const std::string& proposed) {
  Transaction transaction(connection_, Unit::write);
  const auto secrets = std::string(connection_.dialect().secrets_table);
  Statement propose(connection_,
                    "INSERT INTO " + secrets + " (name, value) VALUES ('signing_key', ?1) ON CONFLICT DO NOTHING");
  propose.bind_blob(1, proposed);
  propose.run();
  Statement key(connection_, "SELECT value FROM " + secrets + " WHERE name = 'signing_key'");
  key.step();
  auto stored = key.text(0);
  key.reset();
  transaction.commit();
  return stored;
}

}  // namespace davylamp::sql
