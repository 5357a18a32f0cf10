// What operators lay down. Each call is a transaction of its own, on a connection of its own.
#pragma once

#include "contract/store.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

class Limits final : public contract::LimitStore {
 public:
  explicit Limits(std::unique_ptr<Connection> connection) : owned_(std::move(connection)), connection_(*owned_) {}
  model::Limits limits() override;
  base::Result<std::uint64_t> add_limit(const model::Limit& limit, const model::AuditEntry& audit) override;
  base::Result<void> change_limit(const model::Limit& limit, const model::AuditEntry& audit) override;
  base::Result<void> remove_limit(std::uint64_t id, const model::AuditEntry& audit) override;
  base::Result<std::uint64_t> add_grant(const model::Grant& grant, const model::AuditEntry& audit) override;
  base::Result<void> remove_grant(std::uint64_t id, const model::AuditEntry& audit) override;
  base::Result<void> reset(const model::Reset& reset, const model::AuditEntry& audit) override;
  void block(const model::Block& block, const model::AuditEntry& audit) override;
  base::Result<void> unblock(const std::string& user, const model::AuditEntry& audit) override;
  void put_group(const model::Group& group, const model::AuditEntry& audit) override;
  base::Result<void> remove_group(const std::string& name, const model::AuditEntry& audit) override;
  std::vector<model::UsagePeriod> periods(std::uint64_t limit_id, const std::string& user, std::size_t limit) override;
  base::Result<std::uint64_t> erase_user(const std::string& user, const model::AuditEntry& audit) override;

 private:
  base::Result<void> check_subject(const model::Limit& limit);
  base::Result<void> check_limit(std::uint64_t id);
  std::unique_ptr<Connection> owned_;
  Connection& connection_;
};

}  // namespace davylamp::sql
