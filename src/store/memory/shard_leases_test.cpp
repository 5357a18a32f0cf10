#include "store/memory/shard_leases.hpp"

#include "contract/testing/shard_leases_contract.hpp"

namespace davylamp::contract::testing {

const LeasesFactory memory_leases{
    "memory", [] {
      auto table = std::make_shared<memory::LeaseTable>();
      auto now = std::make_shared<base::Time>();
      return LeasesUnderTest{
          .open = [table, now] { return std::make_unique<memory::ShardLeases>(table, [now] { return *now; }); },
          .wait = [now](base::Milliseconds time) { *now += time; }};
    }};
INSTANTIATE_TEST_SUITE_P(Memory, ShardLeasesContract, ::testing::Values(memory_leases));

}  // namespace davylamp::contract::testing
