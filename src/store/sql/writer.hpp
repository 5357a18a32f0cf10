// Commits batches of one shard, or of the whole. Owns the connection that writes.
#pragma once

#include "contract/store.hpp"
#include "store/sql/agent_writer.hpp"
#include "store/sql/attempt_writer.hpp"
#include "store/sql/engine.hpp"
#include "store/sql/session_writer.hpp"
#include "store/sql/shard_numbers.hpp"
#include "store/sql/traffic_writer.hpp"
#include "store/sql/user_writer.hpp"

namespace davylamp::sql {

class Writer final : public contract::StoreWriter {
 public:
  Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Upkeep> upkeep, const model::Tenure& tenure);
  void commit(const contract::Batch& batch) override;
  contract::Checkpoint load_checkpoint() override;
  std::uint64_t forget(base::Time now, const contract::Retention& retention, std::uint64_t limit) override;
  std::vector<model::UserUsage> usage(base::Time from) override;
  model::Limits limits() override;
  std::vector<model::AgentSettings> agents() override;
  model::Alerting alerting() override;
  std::string optimize() override;
  std::string checkpoint() override;
  std::string vacuum() override;
  std::string backup(const std::string& path) override;
  void record_job(const model::HouseJob& job) override;
  std::vector<model::HouseJob> jobs() override;

 private:
  void write(const contract::Batch& batch, Numbers& numbers);
  void write(const model::Server& server);
  void write(const std::vector<model::Event>& events);
  void write_limits(const contract::Batch& batch);
  void write_agents(const contract::Batch& batch, Numbers& numbers);

  std::unique_ptr<Connection> owned_;
  Connection& connection_;
  std::unique_ptr<Upkeep> upkeep_;
  model::Tenure tenure_;
  bool committed_ = false;  // the last transaction
  ShardNumbers numbers_;
  Statement server_;
  Statement event_;
  UserWriter users_;
  SessionWriter sessions_;
  TrafficWriter traffic_;
  AttemptWriter attempts_;
  AgentWriter agents_;
};

}  // namespace davylamp::sql
