#include "store/postgres/store.hpp"

#include "store/postgres/connection.hpp"
#include "store/postgres/migrations.hpp"
#include "store/postgres/partitions.hpp"
#include "store/postgres/shard_leases.hpp"
#include "store/postgres/timescale.hpp"
#include "store/postgres/writer.hpp"
#include "store/sql/accounts.hpp"
#include "store/sql/agents.hpp"
#include "store/sql/alerts.hpp"
#include "store/sql/limits.hpp"
#include "store/sql/nodes.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

class Store : public contract::Store {
 public:
  explicit Store(Config config) : config_(std::move(config)) {}
  std::unique_ptr<contract::StoreWriter> writer(const model::Tenure& tenure) override {
    return std::make_unique<Writer>(config_, tenure);
  }
  std::unique_ptr<contract::StoreReader> reader() override { return std::make_unique<sql::Reader>(connect()); }
  std::unique_ptr<contract::AccountStore> accounts() override { return std::make_unique<sql::Accounts>(connect()); }
  std::unique_ptr<contract::LimitStore> limits() override { return std::make_unique<sql::Limits>(connect()); }
  std::unique_ptr<contract::AgentStore> agents() override { return std::make_unique<sql::Agents>(connect()); }
  std::unique_ptr<contract::AlertStore> alerts() override { return std::make_unique<sql::Alerts>(connect()); }
  std::unique_ptr<contract::NodeStore> nodes() override { return std::make_unique<sql::Nodes>(connect()); }
  std::unique_ptr<contract::ShardLeases> leases() override { return open_leases(config_); }

 private:
  std::unique_ptr<Connection> connect() const { return std::make_unique<Connection>(config_); }

  Config config_;
};

}  // namespace

// Parts that cannot be made now are made by the job that tidies up; until then their rows are in the rest.
std::unique_ptr<contract::Store> open(const Config& config) {
  migrate(config, embedded_migrations());
  Connection connection(config);
  try {
    if (!has_hypertables(connection)) make_parts(connection);
  } catch (const base::Failure& failure) {
    if (failure.error().code != "store_busy") throw;
  }
  return std::make_unique<Store>(config);
}

std::unique_ptr<contract::Store> open_read_only(const Config& config) {
  check_schema(config, embedded_migrations());
  return std::make_unique<Store>(config);
}

std::string describe(const Config& config) {
  Connection connection(config);
  sql::Statement version(connection, "SELECT current_setting('server_version')");
  version.step();
  auto said = "PostgreSQL " + version.text(0) + " answers at " + connection.name() + ".";
  if (config.timescale) said += " " + find_timescale(connection, Install::no).said;
  return said;
}

}  // namespace davylamp::postgres
