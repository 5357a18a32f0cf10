#include "contract/testing/heartbeat_journal_contract.hpp"
#include "contract/testing/store_accounts_contract.hpp"
#include "contract/testing/store_agents_contract.hpp"
#include "contract/testing/store_alerts_contract.hpp"
#include "contract/testing/store_attempts_contract.hpp"
#include "contract/testing/store_erase_contract.hpp"
#include "contract/testing/store_limits_contract.hpp"
#include "contract/testing/store_nodes_contract.hpp"
#include "contract/testing/store_shards_contract.hpp"
#include "contract/testing/store_tiers_contract.hpp"
#include "store/postgres/heartbeat_journal.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"

namespace davylamp::contract::testing {
namespace {

using postgres::testing::Content;
using postgres::testing::Server;

class TemporaryStore final : public Store {
 public:
  TemporaryStore(Content content, Server& server)
      : database_(content, server), store_(postgres::open(config(content))) {}
  std::unique_ptr<StoreWriter> writer(const model::Tenure& tenure) override { return store_->writer(tenure); }
  std::unique_ptr<StoreReader> reader() override { return store_->reader(); }
  std::unique_ptr<AccountStore> accounts() override { return store_->accounts(); }
  std::unique_ptr<LimitStore> limits() override { return store_->limits(); }
  std::unique_ptr<AgentStore> agents() override { return store_->agents(); }
  std::unique_ptr<AlertStore> alerts() override { return store_->alerts(); }
  std::unique_ptr<NodeStore> nodes() override { return store_->nodes(); }
  std::unique_ptr<ShardLeases> leases() override { return store_->leases(); }

 private:
  postgres::Config config(Content content) const {
    auto config = database_.config();
    config.timescale = content != Content::native_schema;
    return config;
  }

  postgres::testing::Database database_;
  std::unique_ptr<Store> store_;
};

StoreFactory engine(std::string name, Content content, Server& (*server)()) {
  return {std::move(name), [content, server] { return std::make_unique<TemporaryStore>(content, server()); }};
}

std::vector<StoreFactory> engines() {
  std::vector<StoreFactory> found{engine("postgres", Content::native_schema, &Server::shared)};
  if (!Server::has_timescale()) return found;
  found.push_back(engine("timescale", Content::schema, &Server::shared));
  found.push_back(engine("timescale_apache", Content::schema, &Server::shared_apache));
  return found;
}

std::string name_of(const ::testing::TestParamInfo<StoreFactory>& factory) {
  return factory.param.name;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract, ::testing::ValuesIn(engines()), name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreLimitsContract, ::testing::ValuesIn(engines()), name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreAgentsContract, ::testing::ValuesIn(engines()), name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreNodesContract, ::testing::ValuesIn(engines()), name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreAlertsContract, ::testing::ValuesIn(engines()), name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreAccountsContract, ::testing::ValuesIn(engines()), name_of);
INSTANTIATE_TEST_SUITE_P(Postgres, StoreShardsContract, ::testing::ValuesIn(engines()), name_of);

TEST(TimescaleStore, KeepsTheContractWhereItIsInstalled) {
  if (!Server::has_timescale())
    GTEST_SKIP() << "TimescaleDB is not installed beside PostgreSQL 15: its part of the contract suite did not run";
}

const JournalFactory postgres_journal{"postgres", [] {
                                        auto database = std::make_shared<postgres::testing::Database>(Content::schema);
                                        postgres::open(database->config());
                                        return [database] { return postgres::open_journal(database->config()); };
                                      }};
INSTANTIATE_TEST_SUITE_P(Postgres, HeartbeatJournalContract, ::testing::Values(postgres_journal));

}  // namespace davylamp::contract::testing
