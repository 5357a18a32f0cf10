#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_accounts_contract.hpp"
#include "contract/testing/store_agents_contract.hpp"
#include "contract/testing/store_alerts_contract.hpp"
#include "contract/testing/store_attempts_contract.hpp"
#include "contract/testing/store_erase_contract.hpp"
#include "contract/testing/store_limits_contract.hpp"
#include "contract/testing/store_nodes_contract.hpp"
#include "contract/testing/store_tiers_contract.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::contract::testing {
namespace {

class TemporaryStore final : public Store {
 public:
  std::unique_ptr<StoreWriter> writer(const model::Tenure& tenure) override { return store_->writer(tenure); }
  std::unique_ptr<StoreReader> reader() override { return store_->reader(); }
  std::unique_ptr<AccountStore> accounts() override { return store_->accounts(); }
  std::unique_ptr<LimitStore> limits() override { return store_->limits(); }
  std::unique_ptr<AgentStore> agents() override { return store_->agents(); }
  std::unique_ptr<AlertStore> alerts() override { return store_->alerts(); }
  std::unique_ptr<NodeStore> nodes() override { return store_->nodes(); }
  std::unique_ptr<ShardLeases> leases() override { return store_->leases(); }

 private:
  base::TemporaryDirectory directory_;
  std::unique_ptr<Store> store_ = sqlite::open({.path = directory_.file("davylamp.db")});
};

}  // namespace

const StoreFactory sqlite_store{"sqlite", [] { return std::make_unique<TemporaryStore>(); }};
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, ::testing::Values(sqlite_store));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreLimitsContract, ::testing::Values(sqlite_store));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreAccountsContract, ::testing::Values(sqlite_store));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreAgentsContract, ::testing::Values(sqlite_store));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreNodesContract, ::testing::Values(sqlite_store));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreAlertsContract, ::testing::Values(sqlite_store));

}  // namespace davylamp::contract::testing
