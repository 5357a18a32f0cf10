// What every bus must do. Include it in the implementation's test and instantiate BusContract with a factory.
#pragma once

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <functional>
#include <future>
#include <thread>

#include "contract/bus.hpp"

namespace davylamp::contract::testing {

struct BusCase {
  const char* name;
  // A bus that holds at most so many observations and changes per reader.
  std::function<std::unique_ptr<Bus>(std::size_t observations, std::size_t changes)> open;
};

class BusContract : public ::testing::TestWithParam<BusCase> {
 protected:
  template <class T>
  T run(io::Task<T> task) {
    auto future = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
    loop.restart();
    loop.run();
    return future.get();
  }
  static model::Observation seen(std::uint64_t sequence, std::uint64_t rx = 0) {
    return {{"node", "openvpn", "udp"}, 1, sequence, base::Time{}, model::PeerSeen{"peer", {rx, 0}, 0, {}}};
  }
  static model::Observation listed(std::uint64_t sequence) {
    return {{"node", "openvpn", "udp"}, 1, sequence, base::Time{}, model::PeersListed{sequence, 1}};
  }
  static std::vector<std::uint64_t> sequences(const std::vector<model::Observation>& batch) {
    std::vector<std::uint64_t> all;
    for (const auto& observation : batch) all.push_back(observation.sequence);
    return all;
  }
  static Changes changes(std::uint64_t id) {
    return std::make_shared<const std::vector<model::Change>>(1, model::SessionUpdated{.id = id});
  }
  static std::uint64_t id_of(const Changes& change) { return std::get<model::SessionUpdated>(change->at(0)).id; }
  using Sequences = std::vector<std::uint64_t>;

  boost::asio::io_context loop{1};
};

TEST_P(BusContract, GivesObservationsInOrder) {
  const auto bus = GetParam().open(100, 100);
  auto reader = bus->observations(loop.get_executor());
  for (std::uint64_t i = 1; i <= 5; ++i) bus->publish(seen(i));
  EXPECT_EQ(sequences(run(reader->next(3))), (Sequences{1, 2, 3}));
  EXPECT_EQ(sequences(run(reader->next(3))), (Sequences{4, 5}));
}

TEST_P(BusContract, GivesAgainWhatWasNotAcknowledged) {
  const auto bus = GetParam().open(100, 100);
  for (std::uint64_t i = 1; i <= 4; ++i) bus->publish(seen(i));
  {
    auto reader = bus->observations(loop.get_executor());
    run(reader->next(2));
    const auto done = reader->given();
    run(reader->next(1));
    reader->acknowledge(done);
  }
  auto again = bus->observations(loop.get_executor());
  EXPECT_EQ(sequences(run(again->next(10))), (Sequences{3, 4}));
}

TEST_P(BusContract, WakesAReaderFromAnotherThread) {
  const auto bus = GetParam().open(2000, 100);
  auto reader = bus->observations(loop.get_executor());
  std::thread publisher([&] {
    for (std::uint64_t i = 1; i <= 1000; ++i) bus->publish(seen(i));
  });
  std::uint64_t last = 0;
  while (last < 1000) {
    for (const auto sequence : sequences(run(reader->next(64)))) {
      EXPECT_EQ(sequence, last + 1);
      last = sequence;
    }
    reader->acknowledge(reader->given());
  }
  publisher.join();
}

TEST_P(BusContract, DropsWhatHealsFirstAndCountsIt) {
  const auto bus = GetParam().open(3, 100);
  auto reader = bus->observations(loop.get_executor());
  bus->publish(listed(1));
  bus->publish(seen(2));
  bus->publish(seen(3));
  bus->publish(listed(4));
  EXPECT_EQ(sequences(run(reader->next(10))), (Sequences{1, 3, 4}));
  EXPECT_EQ(bus->observation_stats().dropped, 1U);
  EXPECT_EQ(bus->observation_stats().published, 4U);
}

TEST_P(BusContract, GivesChangesToEveryReader) {
  const auto bus = GetParam().open(100, 100);
  auto one = bus->changes(loop.get_executor());
  auto two = bus->changes(loop.get_executor());
  bus->publish(changes(1));
  bus->publish(changes(2));
  for (auto* reader : {one.get(), two.get()}) {
    const auto batch = run(reader->next());
    ASSERT_EQ(batch.changes.size(), 2U);
    EXPECT_EQ(id_of(batch.changes[1]), 2U);
    EXPECT_FALSE(batch.missed);
  }
}

TEST_P(BusContract, TellsASlowReaderThatItMissedChanges) {
  const auto bus = GetParam().open(100, 2);
  auto reader = bus->changes(loop.get_executor());
  for (std::uint64_t i = 1; i <= 5; ++i) bus->publish(changes(i));
  const auto batch = run(reader->next());
  EXPECT_TRUE(batch.missed);
  EXPECT_EQ(id_of(batch.changes.back()), 5U);
  bus->publish(changes(6));
  EXPECT_FALSE(run(reader->next()).missed);
}

TEST_P(BusContract, GivesCommandsInOrderToEveryReader) {
  const auto bus = GetParam().open(100, 100);
  auto one = bus->commands(loop.get_executor());
  auto two = bus->commands(loop.get_executor());
  bus->publish(model::Command{1, {}, model::LimitsChanged{}});
  bus->publish(model::Command{2, {}, model::RunJob{"vacuum"}});
  for (auto* reader : {one.get(), two.get()}) {
    const auto commands = run(reader->next());
    ASSERT_EQ(commands.size(), 2U);
    EXPECT_EQ(commands[0].id, 1U);
    EXPECT_EQ(std::get<model::RunJob>(commands[1].order).job, "vacuum");
  }
  EXPECT_EQ(bus->command_stats().published, 2U);
}

TEST_P(BusContract, CountsTheCommandsThatASlowReaderLost) {
  const auto bus = GetParam().open(100, 100);
  auto reader = bus->commands(loop.get_executor());
  for (std::uint64_t id = 1; id <= 100'000; ++id) bus->publish(model::Command{id, {}, model::LimitsChanged{}});
  const auto commands = run(reader->next());
  EXPECT_EQ(commands.size() + bus->command_stats().dropped, 100'000U);
  EXPECT_EQ(commands.back().id, 100'000U);
}

TEST_P(BusContract, AWaitingReaderCanBeCancelled) {
  const auto bus = GetParam().open(100, 100);
  auto reader = bus->observations(loop.get_executor());
  boost::asio::cancellation_signal stop;
  std::exception_ptr error;
  boost::asio::co_spawn(
      loop, reader->next(1),
      boost::asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e, auto) { error = e; }));
  loop.restart();
  loop.poll();
  stop.emit(boost::asio::cancellation_type::terminal);
  loop.run();
  EXPECT_TRUE(error);
}

}  // namespace davylamp::contract::testing
