#include "store/sqlite/store.hpp"

#include "store/sqlite/accounts.hpp"
#include "store/sqlite/agents.hpp"
#include "store/sqlite/alerts.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/limits.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/nodes.hpp"
#include "store/sqlite/reader.hpp"
#include "store/sqlite/writer.hpp"

namespace davylamp::sqlite {
namespace {

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
    return std::make_unique<Writer>(path_);
  }
  std::unique_ptr<contract::StoreReader> reader() override { return std::make_unique<Reader>(path_, Access::read); }
  std::unique_ptr<contract::AccountStore> accounts() override {
    return std::make_unique<Accounts>(path_, Access::write);
  }
  std::unique_ptr<contract::LimitStore> limits() override { return std::make_unique<Limits>(path_, Access::write); }
  std::unique_ptr<contract::AgentStore> agents() override { return std::make_unique<Agents>(path_, Access::write); }
  std::unique_ptr<contract::AlertStore> alerts() override { return std::make_unique<Alerts>(path_, Access::write); }
  std::unique_ptr<contract::NodeStore> nodes() override { return std::make_unique<Nodes>(); }

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
  std::unique_ptr<contract::StoreReader> reader() override { return std::make_unique<Reader>(path_, Access::look); }
  std::unique_ptr<contract::AccountStore> accounts() override {
    return std::make_unique<Accounts>(path_, Access::look);
  }
  std::unique_ptr<contract::LimitStore> limits() override { return std::make_unique<Limits>(path_, Access::look); }
  std::unique_ptr<contract::AgentStore> agents() override { return std::make_unique<Agents>(path_, Access::look); }
  std::unique_ptr<contract::AlertStore> alerts() override { return std::make_unique<Alerts>(path_, Access::look); }
  std::unique_ptr<contract::NodeStore> nodes() override { return std::make_unique<Nodes>(); }

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
