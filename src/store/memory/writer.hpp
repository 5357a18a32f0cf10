#pragma once

#include <memory>

#include "store/memory/tables.hpp"

namespace davylamp::memory {

class Writer final : public contract::StoreWriter {
 public:
  explicit Writer(std::shared_ptr<Tables> tables) : tables_(std::move(tables)) {}
  void commit(const contract::Batch& batch) override;
  contract::Checkpoint load_checkpoint() override;
  std::uint64_t forget(base::Time now, const contract::Retention& retention, std::uint64_t limit) override;
  std::vector<model::UserUsage> usage(base::Time from) override;
  model::Limits limits() override;
  std::vector<model::AgentSettings> agents() override;
  model::Alerting alerting() override;
  std::string optimize() override { return "There is nothing to do for a store in memory."; }
  std::string checkpoint() override { return "There is nothing to do for a store in memory."; }
  std::string vacuum() override { return "There is nothing to do for a store in memory."; }
  std::string backup(const std::string& path) override {
    throw base::Failure("backup", "cannot copy the store to " + path + ": it is in memory only");
  }
  void record_job(const model::HouseJob& job) override;
  std::vector<model::HouseJob> jobs() override;

 private:
  std::shared_ptr<Tables> tables_;
};

}  // namespace davylamp::memory
