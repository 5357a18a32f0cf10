#include "contract/testing/store_contract.hpp"
#include "contract/testing/store_tiers_contract.hpp"
#include "store/sqlite/store.hpp"
#include "store/sqlite/temporary_directory.hpp"

namespace davylamp::contract::testing {
namespace {

class TemporaryStore final : public Store {
 public:
  std::unique_ptr<StoreWriter> writer() override { return store_->writer(); }
  std::unique_ptr<StoreReader> reader() override { return store_->reader(); }
  std::unique_ptr<AccountStore> accounts() override { return store_->accounts(); }

 private:
  sqlite::TemporaryDirectory directory_;
  std::unique_ptr<Store> store_ = sqlite::open({.path = directory_.file("davylamp.db")});
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         ::testing::Values(StoreFactory{"sqlite", [] { return std::make_unique<TemporaryStore>(); }}));

}  // namespace davylamp::contract::testing
