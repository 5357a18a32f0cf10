// The shared writer, with what PostgreSQL can forget as a whole.
#pragma once

#include <memory>

#include "store/postgres/config.hpp"
#include "store/sql/writer.hpp"

namespace davylamp::postgres {

class Writer final : public contract::StoreWriter {
 public:
  Writer(Config config, const model::Tenure& tenure);
  void commit(const contract::Batch& batch) override { rows_.commit(batch); }
  contract::Checkpoint load_checkpoint() override { return rows_.load_checkpoint(); }
  // Whole parts of divided tables go at once, however many rows they have.
  std::uint64_t forget(base::Time now, const contract::Retention& retention, std::uint64_t limit) override;
  std::vector<model::UserUsage> usage(base::Time from) override { return rows_.usage(from); }
  model::Limits limits() override { return rows_.limits(); }
  std::vector<model::AgentSettings> agents() override { return rows_.agents(); }
  model::Alerting alerting() override { return rows_.alerting(); }
  std::string optimize() override { return rows_.optimize(); }
  std::string checkpoint() override { return rows_.checkpoint(); }
  std::string vacuum() override { return rows_.vacuum(); }
  std::string backup(const std::string& path) override { return rows_.backup(path); }
  void record_job(const model::HouseJob& job) override { rows_.record_job(job); }
  std::vector<model::HouseJob> jobs() override { return rows_.jobs(); }

 private:
  Config config_;
  sql::Writer rows_;
};

}  // namespace davylamp::postgres
