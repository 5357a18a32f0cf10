#include "bus/redis/redis_bus.hpp"

#include "bus/redis/testing/redis_server.hpp"
#include "contract/testing/bus_contract.hpp"

namespace davylamp::contract::testing {

// One Redis for all; each bus has a prefix of its own.
std::unique_ptr<Bus> open_on_redis(std::size_t observations, std::size_t changes) {
  static const redis::testing::RedisServer server;
  static int opened = 0;
  auto options = server.options();
  options.prefix = "contract" + std::to_string(++opened);
  options.sending.observations = {.most = observations, .tidy_from = observations};
  options.sending.changes = 1'000;
  options.reading.changes = changes;
  return redis::open(options);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BusContract);
INSTANTIATE_TEST_SUITE_P(Redis, BusContract, ::testing::Values(BusCase{"redis", open_on_redis}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace davylamp::contract::testing
