#include "store/sqlite/store.hpp"

#include "store/sql/accounts.hpp"
#include "store/sql/agents.hpp"
#include "store/sql/alerts.hpp"
#include "store/sql/limits.hpp"
#include "store/sql/nodes.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/writer.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/maintenance.hpp"
#include "store/sqlite/migrations.hpp"

namespace davylamp::sqlite {
namespace {

class Upkeep final : public sql::Upkeep {
 public:
  explicit Upkeep(Connection& connection) : connection_(connection) {}
  std::string optimize() override { return sqlite::optimize(connection_); }
  std::string checkpoint() override { return sqlite::checkpoint(connection_); }
  std::string vacuum() override { return sqlite::vacuum(connection_); }
  std::string backup(const std::string& path) override { return sqlite::backup(connection_.path(), path); }

 private:
  Connection& connection_;
};

std::unique_ptr<Connection> connect(const std::string& path, Access access) {
  return std::make_unique<Connection>(path, access);
}

class Store final : public contract::Store {
 public:
  explicit Store(std::string path) : path_(std::move(path)) {
    Connection connection(path_, Access::write);
    migrate(connection, embedded_migrations());
  }
  std::unique_ptr<contract::StoreWriter> writer(const model::Tenure& tenure) override {
    if (tenure.shard != model::Shard{}) {
      throw base::Failure("shards",
                          "the database " + path_ +
                              " is SQLite, which one daemon has alone: set store.url to a PostgreSQL database "
                              "before the work is divided");
    }
    auto connection = connect(path_, Access::write);
    auto upkeep = std::make_unique<Upkeep>(*connection);
    return std::make_unique<sql::Writer>(std::move(connection), std::move(upkeep), tenure);
  }
  std::unique_ptr<contract::StoreReader> reader() override {
    return std::make_unique<sql::Reader>(connect(path_, Access::read));
  }
  std::unique_ptr<contract::AccountStore> accounts() override {
    return std::make_unique<sql::Accounts>(connect(path_, Access::write));
  }
  std::unique_ptr<contract::LimitStore> limits() override {
    return std::make_unique<sql::Limits>(connect(path_, Access::write));
  }
  std::unique_ptr<contract::AgentStore> agents() override {
    return std::make_unique<sql::Agents>(connect(path_, Access::write));
  }
  std::unique_ptr<contract::AlertStore> alerts() override {
    return std::make_unique<sql::Alerts>(connect(path_, Access::write));
  }
  std::unique_ptr<contract::NodeStore> nodes() override {
    return std::make_unique<sql::Nodes>(connect(path_, Access::write));
  }

 private:
  std::string path_;
};

class ReadOnlyStore final : public contract::Store {
 public:
  explicit ReadOnlyStore(std::string path) : path_(std::move(path)) {
    Connection connection(path_, Access::look);
    const auto known = embedded_migrations();
    if (schema_number(connection, known) == known.back().number) return;
    throw base::Failure(
        "older_database",
        "the database " + path_ + " is of an older version: start davylampd once, which brings it up to date");
  }
  std::unique_ptr<contract::StoreWriter> writer(const model::Tenure&) override {
    throw base::Failure("store_read_only", "the database " + path_ + " is opened for reading only");
  }
  std::unique_ptr<contract::StoreReader> reader() override {
    return std::make_unique<sql::Reader>(connect(path_, Access::look));
  }
  std::unique_ptr<contract::AccountStore> accounts() override {
    return std::make_unique<sql::Accounts>(connect(path_, Access::look));
  }
  std::unique_ptr<contract::LimitStore> limits() override {
    return std::make_unique<sql::Limits>(connect(path_, Access::look));
  }
  std::unique_ptr<contract::AgentStore> agents() override {
    return std::make_unique<sql::Agents>(connect(path_, Access::look));
  }
  std::unique_ptr<contract::AlertStore> alerts() override {
    return std::make_unique<sql::Alerts>(connect(path_, Access::look));
  }
  std::unique_ptr<contract::NodeStore> nodes() override {
    return std::make_unique<sql::Nodes>(connect(path_, Access::look));
  }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<contract::Store> open_read_only(const Config& config) {
  return std::make_unique<ReadOnlyStore>(config.path);
}

std::unique_ptr<contract::Store> open(const Config& config) {
  return std::make_unique<Store>(config.path);
}

}  // namespace davylamp::sqlite
