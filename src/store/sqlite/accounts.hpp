// Accounts, refresh tokens, audit log and signing key. Each call is a transaction of its own, so that the daemon and
// the command line may work on the same file.
#pragma once

#include "contract/store.hpp"
#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {

class Accounts final : public contract::AccountStore {
 public:
  Accounts(const std::string& path, Access access) : connection_(path, access) {}
  base::Result<void> add_account(const model::Account& account) override;
  base::Result<void> set_password(const std::string& name, const std::string& password_hash) override;
  std::optional<model::Account> account(const std::string& name) override;
  std::vector<model::Account> accounts() override;
  void record_login(const std::string& name, base::Time at) override;
  void add_refresh_token(const model::RefreshToken& token) override;
  std::optional<model::RefreshToken> use_refresh_token(const std::string& token_hash, base::Time at) override;
  void revoke_family(const std::string& family) override;
  void forget_refresh_tokens(base::Time expired_before) override;
  void append_audit(const model::AuditEntry& entry) override;
  std::vector<model::AuditEntry> audit(std::size_t limit) override;
  std::string signing_key(const std::string& proposed) override;

 private:
  Connection connection_;
};

}  // namespace davylamp::sqlite
