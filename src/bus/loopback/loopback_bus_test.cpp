#include "bus/loopback/loopback_bus.hpp"

#include "contract/testing/bus_contract.hpp"

namespace davylamp::contract::testing {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BusContract);
INSTANTIATE_TEST_SUITE_P(Loopback, BusContract,
                         ::testing::Values(BusCase{"loopback",
                                                   [](std::size_t observations, std::size_t changes) {
                                                     return loopback::open({observations, changes});
                                                   }}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace davylamp::contract::testing
