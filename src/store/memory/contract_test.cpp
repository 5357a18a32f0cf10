#include "contract/testing/store_contract.hpp"
#include "contract/testing/store_tiers_contract.hpp"
#include "store/memory/store.hpp"

namespace davylamp::contract::testing {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreFactory{"memory", &memory::open}));

}  // namespace davylamp::contract::testing
