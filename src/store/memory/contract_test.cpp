#include "contract/testing/store_accounts_contract.hpp"
#include "contract/testing/store_agents_contract.hpp"
#include "contract/testing/store_alerts_contract.hpp"
#include "contract/testing/store_attempts_contract.hpp"
#include "contract/testing/store_erase_contract.hpp"
#include "contract/testing/store_limits_contract.hpp"
#include "contract/testing/store_nodes_contract.hpp"
#include "contract/testing/store_tiers_contract.hpp"
#include "store/memory/store.hpp"

namespace davylamp::contract::testing {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreFactory{"memory", &memory::open}));
INSTANTIATE_TEST_SUITE_P(Memory, StoreLimitsContract, ::testing::Values(StoreFactory{"memory", &memory::open}));
INSTANTIATE_TEST_SUITE_P(Memory, StoreAccountsContract, ::testing::Values(StoreFactory{"memory", &memory::open}));
INSTANTIATE_TEST_SUITE_P(Memory, StoreAgentsContract, ::testing::Values(StoreFactory{"memory", &memory::open}));
INSTANTIATE_TEST_SUITE_P(Memory, StoreNodesContract, ::testing::Values(StoreFactory{"memory", &memory::open}));
INSTANTIATE_TEST_SUITE_P(Memory, StoreAlertsContract, ::testing::Values(StoreFactory{"memory", &memory::open}));

}  // namespace davylamp::contract::testing
