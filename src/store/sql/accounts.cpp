#include "store/sql/accounts.hpp"

#include "base/text.hpp"
#include "store/paging.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

model::Account read_account(const Statement& row) {
  return {.name = row.text(0),
          .role = row.get<model::Role>(1),
          .password_hash = row.text(2),
          .created_at = row.get<base::Time>(3),
          .last_login_at = row.get<std::optional<base::Time>>(4)};
}

}  // namespace

base::Result<void> Accounts::add_account(const model::Account& account) {
  const auto added = run(connection_,
                         "INSERT INTO accounts (name, role, password_hash, created_at, last_login_at) "
                         "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                         account.name, account.role, account.password_hash, account.created_at, account.last_login_at);
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
  Statement row(connection_,
                "SELECT name, role, password_hash, created_at, last_login_at FROM accounts WHERE name = ?1");
  row.bind_all(name);
  if (!row.step()) return std::nullopt;
  return read_account(row);
}

std::vector<model::Account> Accounts::accounts() {
  Statement rows(connection_,
                 "SELECT name, role, password_hash, created_at, last_login_at FROM accounts ORDER BY name");
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

void Accounts::append_audit(const model::AuditEntry& entry) {
  insert_audit(connection_, entry);
}

std::vector<model::AuditEntry> Accounts::audit(std::size_t limit, std::optional<std::uint64_t>) {
  Statement rows(connection_, "SELECT " + column_list<model::AuditEntry>() + " FROM audit ORDER BY id DESC LIMIT ?1");
  rows.bind_all(static_cast<std::uint64_t>(store::page_size(limit)));
  std::vector<model::AuditEntry> entries;
  while (rows.step()) entries.push_back(read_row<model::AuditEntry>(rows));
  return entries;
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
