#include "store/sqlite/store.hpp"

#include "store/sqlite/accounts.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/limits.hpp"
#include "store/sqlite/migrations.hpp"
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
  std::unique_ptr<contract::StoreWriter> writer() override { return std::make_unique<Writer>(path_); }
  std::unique_ptr<contract::StoreReader> reader() override { return std::make_unique<Reader>(path_); }
  std::unique_ptr<contract::AccountStore> accounts() override {
    return std::make_unique<Accounts>(path_, Access::write);
  }
  std::unique_ptr<contract::LimitStore> limits() override { return std::make_unique<Limits>(path_, Access::write); }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<contract::Store> open(const Config& config) {
  return std::make_unique<Store>(config.path);
}

}  // namespace davylamp::sqlite
