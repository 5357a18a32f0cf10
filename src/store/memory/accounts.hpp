#pragma once

#include <memory>

#include "store/memory/tables.hpp"

namespace davylamp::memory {

class Accounts final : public contract::AccountStore {
 public:
  explicit Accounts(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}
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
  base::Result<void> change_account(const model::Account& account, const model::AuditEntry& audit) override;
  base::Result<void> remove_account(const std::string& name, const model::AuditEntry& audit) override;
  base::Result<void> set_second_factor(const std::string& name, const std::optional<model::SecondFactor>& factor,
                                       const model::AuditEntry& audit) override;
  bool use_code_step(const std::string& name, std::uint64_t step) override;
  bool use_recovery_code(const std::string& name, const std::string& code_hash) override;
  std::vector<model::ApiToken> api_tokens() override;
  std::optional<model::ApiToken> api_token(const std::string& token_hash) override;
  std::uint64_t add_api_token(const model::ApiToken& token, const model::AuditEntry& audit) override;
  base::Result<void> remove_api_token(std::uint64_t id, const model::AuditEntry& audit) override;
  void note_api_token_used(std::uint64_t id, base::Time at) override;
  std::vector<model::ServerGroup> server_groups() override;
  void put_server_group(const model::ServerGroup& group, const model::AuditEntry& audit) override;
  base::Result<void> remove_server_group(const std::string& name, const model::AuditEntry& audit) override;
  model::AuditCheck check_audit() override;
  std::vector<model::AuditEntry> audit(std::size_t limit, std::optional<std::uint64_t> before) override;
  std::string signing_key(const std::string& proposed) override;

 private:
  std::shared_ptr<Tables> tables_;
};

}  // namespace davylamp::memory
