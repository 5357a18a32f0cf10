// What every bus must do. Include it in the implementation's test and instantiate BusContract with a factory.
#pragma once

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <atomic>
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
  using Sequences = std::vector<std::uint64_t>;
  static model::Observation seen(std::uint64_t sequence, std::uint64_t rx = 0) {
    return {{"node", "openvpn", "udp"}, 1, sequence, base::Time{}, model::PeerSeen{"peer", {rx, 0}, 0, {}}};
  }
  static model::Observation listed(std::uint64_t sequence) {
    return {{"node", "openvpn", "udp"}, 1, sequence, base::Time{}, model::PeersListed{sequence, 1}};
  }
  static model::Observation gone(std::uint64_t sequence) {
    return {{"node", "openvpn", "udp"}, 1, sequence, base::Time{}, model::PeerGone{"gone", {}, {}}};
  }
  static Sequences sequences(const std::vector<model::Observation>& batch) {
    Sequences all;
    for (const auto& observation : batch) all.push_back(observation.sequence);
    return all;
  }
  // The next `count` that a reader gives, in parts of at most `most`, as they come.
  Sequences read(ObservationReader& reader, std::size_t count, std::size_t most) {
    Sequences all;
    while (all.size() < count) {
      const auto part = sequences(run(reader.next(most)));
      EXPECT_LE(part.size(), most);
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }
  // All that comes up to the one with this id.
  ChangeBatch read_up_to(ChangeReader& reader, std::uint64_t id) {
    ChangeBatch all;
    do {
      auto batch = run(reader.next());
      all.changes.insert(all.changes.end(), batch.changes.begin(), batch.changes.end());
      all.missed = all.missed || batch.missed;
    } while (all.changes.empty() || id_of(all.changes.back()) != id);
    return all;
  }
  std::vector<model::Command> read_up_to(CommandReader& reader, std::uint64_t id) {
    std::vector<model::Command> all;
    do {
      const auto commands = run(reader.next());
      all.insert(all.end(), commands.begin(), commands.end());
    } while (all.back().id != id);
    return all;
  }
  static Changes changes(std::uint64_t id) {
    return std::make_shared<const std::vector<model::Change>>(1, model::SessionUpdated{.id = id});
  }
  static std::uint64_t id_of(const Changes& change) { return std::get<model::SessionUpdated>(change->at(0)).id; }

  boost::asio::io_context loop{1};
};

TEST_P(BusContract, GivesObservationsInOrder) {
  const auto bus = GetParam().open(100, 100);
  auto reader = bus->observations(loop.get_executor());
  for (std::uint64_t i = 1; i <= 5; ++i) bus->publish(seen(i));
  EXPECT_EQ(read(*reader, 5, 3), (Sequences{1, 2, 3, 4, 5}));
  EXPECT_EQ(reader->given(), 5U);
}

// What was acknowledged may come again together with what was not: the ledger tells repetitions.
TEST_P(BusContract, GivesAgainWhatWasNotAcknowledged) {
  const auto bus = GetParam().open(100, 100);
  for (std::uint64_t i = 1; i <= 4; ++i) bus->publish(listed(i));
  {
    auto reader = bus->observations(loop.get_executor());
    read(*reader, 2, 1);
    const auto done = reader->given();
    read(*reader, 1, 1);
    reader->acknowledge(done);
  }
  auto again = bus->observations(loop.get_executor());
  Sequences all;
  while (all.empty() || all.back() != 4) {
    const auto part = sequences(run(again->next(10)));
    all.insert(all.end(), part.begin(), part.end());
  }
  const auto first = std::ranges::find(all, 3U);
  EXPECT_EQ(Sequences(first, all.end()), (Sequences{3, 4}));
  EXPECT_TRUE(std::ranges::is_sorted(all));
}

TEST_P(BusContract, GivesNothingAgainThatWasAcknowledgedLongAgo) {
  const auto bus = GetParam().open(100, 100);
  {
    auto reader = bus->observations(loop.get_executor());
    for (std::uint64_t i = 1; i <= 3; ++i) bus->publish(listed(i));
    read(*reader, 3, 10);
    reader->acknowledge(3);
    bus->publish(listed(4));
    read(*reader, 1, 10);
  }
  auto again = bus->observations(loop.get_executor());
  EXPECT_EQ(read(*again, 1, 10), (Sequences{4}));
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

TEST_P(BusContract, WhatAFullBusDropsHealsAndIsCounted) {
  const auto bus = GetParam().open(50, 100);
  auto reader = bus->observations(loop.get_executor());
  bus->publish(gone(1));
  for (std::uint64_t i = 2; i < 1000; ++i) {
    bus->publish({{"node", "openvpn", "udp"}, 1, i, {}, model::PeerSeen{"peer" + std::to_string(i), {i, 0}, 0, {}}});
  }
  bus->publish(gone(1000));
  Sequences all;
  while (all.empty() || all.back() != 1000) {
    const auto part = sequences(run(reader->next(64)));
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_EQ(all.front(), 1U);
  EXPECT_TRUE(std::ranges::is_sorted(all));
  EXPECT_EQ(bus->observation_stats().published, 1000U);
  // What was given up before it was known to be safe counts too.
  EXPECT_GE(all.size() + bus->observation_stats().dropped, 1000U);
}

TEST_P(BusContract, GivesChangesToEveryReader) {
  const auto bus = GetParam().open(100, 100);
  auto one = bus->changes(loop.get_executor());
  auto two = bus->changes(loop.get_executor());
  bus->publish(changes(1));
  bus->publish(changes(2));
  for (auto* reader : {one.get(), two.get()}) {
    const auto batch = read_up_to(*reader, 2);
    ASSERT_EQ(batch.changes.size(), 2U);
    EXPECT_EQ(id_of(batch.changes[0]), 1U);
    EXPECT_FALSE(batch.missed);
  }
}

TEST_P(BusContract, TellsASlowReaderThatItMissedChanges) {
  const auto bus = GetParam().open(100, 2);
  auto reader = bus->changes(loop.get_executor());
  auto witness = bus->changes(loop.get_executor());
  for (std::uint64_t i = 1; i <= 5; ++i) bus->publish(changes(i));
  read_up_to(*witness, 5);
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
    const auto commands = read_up_to(*reader, 2);
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
  const auto commands = read_up_to(*reader, 100'000);
  // Another reader, such as an uplink's, may have lost some as well.
  EXPECT_GE(commands.size() + bus->command_stats().dropped, 100'000U);
  EXPECT_GT(bus->command_stats().dropped, 0U);
}

// As when a shard goes to another worker. What is wrong here shows under a sanitizer.
TEST_P(BusContract, AReaderMayGoWithItsLoopWhileOthersPublish) {
  const auto bus = GetParam().open(100, 100);
  std::atomic<bool> done = false;
  std::thread publisher([&] {
    for (std::uint64_t id = 1; !done; ++id) {
      bus->publish(changes(id));
      bus->publish(model::Command{id, {}, model::LimitsChanged{}});
      std::this_thread::yield();
    }
  });
  auto witness = bus->commands(loop.get_executor());
  std::uint64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    boost::asio::io_context own{1};
    const auto commands = bus->commands(own.get_executor());
    const auto changes = bus->changes(own.get_executor());
    last = run(witness->next()).back().id;
  }
  done = true;
  publisher.join();
  EXPECT_GE(last, 50U);
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
