#include "bus/loopback/loopback_bus.hpp"

#include "contract/testing/bus_contract.hpp"

namespace davylamp::contract::testing {

namespace {
std::unique_ptr<Bus> open_loopback(std::size_t observations, std::size_t changes) {
  return loopback::open({observations, changes});
}
}  // namespace

INSTANTIATE_TEST_SUITE_P(Loopback, BusContract, ::testing::Values(BusCase{"loopback", open_loopback}),
                         [](const auto& tested) { return tested.param.name; });

class LoopbackBus : public BusContract {};
INSTANTIATE_TEST_SUITE_P(Loopback, LoopbackBus, ::testing::Values(BusCase{"loopback", open_loopback}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(LoopbackBus, DropsWhatHealsFirstAndCountsIt) {
  const auto bus = GetParam().open(3, 100);
  auto reader = bus->observations(loop.get_executor());
  bus->publish(listed(1));
  bus->publish(seen(2));
  bus->publish(seen(3));
  bus->publish(listed(4));
  EXPECT_EQ(sequences(run(reader->next(10))), (Sequences{1, 3, 4}));
  EXPECT_EQ(bus->observation_stats().dropped, 1U);
}

TEST_P(LoopbackBus, AReaderOfObservationsMayGoWithItsLoopWhileOthersPublish) {
  const auto bus = GetParam().open(1, 100);
  std::atomic<bool> done = false;
  std::thread publisher([&] {
    for (std::uint64_t i = 1; !done; ++i) bus->publish(seen(i));
  });
  std::size_t given = 0;
  for (int i = 0; i < 100; ++i) {
    boost::asio::io_context own{1};
    const auto reader = bus->observations(own.get_executor());
    auto batch = boost::asio::co_spawn(own, reader->next(1), boost::asio::use_future);
    own.run();
    given += batch.get().size();
  }
  done = true;
  publisher.join();
  EXPECT_EQ(given, 100U);
}

TEST_P(LoopbackBus, GivesAgainExactlyWhatWasNotAcknowledged) {
  const auto bus = GetParam().open(100, 100);
  for (std::uint64_t i = 1; i <= 4; ++i) bus->publish(seen(i));
  {
    auto reader = bus->observations(loop.get_executor());
    run(reader->next(3));
    reader->acknowledge(2);
  }
  auto again = bus->observations(loop.get_executor());
  EXPECT_EQ(sequences(run(again->next(10))), (Sequences{3, 4}));
}

}  // namespace davylamp::contract::testing
