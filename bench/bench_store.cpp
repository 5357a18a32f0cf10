// What a commit costs, beside the same number of rows put into a bare table by the same engine in the same run.
// CPU time of ten thousand new clients in one batch must stay well under 60 ms (of 100 ms for parse, ledger and store).
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp {
namespace {

constexpr std::uint64_t clients = 10'000;

// `round` tells the clients of one batch from those of another.
contract::StoredSession client(std::uint64_t round, std::uint64_t number) {
  const auto id = round * clients + number + 1;
  auto stored = contract::testing::full_session(id);
  stored.session.user = "client-" + std::to_string(id);
  stored.session.common_name = stored.session.user;
  stored.session.username.reset();
  const auto high = static_cast<std::uint8_t>(number >> 8U);
  const auto low = static_cast<std::uint8_t>(number & 255U);
  stored.session.real_address = model::Address::from_v4({198, 18, high, low});
  stored.session.virtual_address = model::Address::from_v4({10, 8, high, low});
  stored.session.virtual_address6.reset();
  stored.peer =
      "1795000000/" + std::to_string(1'795'000'000 + round * 1'000 + number % 1'000) + "/" + std::to_string(id);
  return stored;
}

contract::Batch new_clients(std::uint64_t round) {
  contract::Batch batch{.number = 2 * round + 1};
  const auto minute = contract::testing::at(static_cast<int>(round) * 60);
  for (std::uint64_t number = 0; number < clients; ++number) {
    const auto stored = client(round, number);
    const auto& session = stored.session;
    batch.endpoints.push_back(
        {session.id, {*session.real_address, session.real_port}, session.place, session.opened_at, session.opened_at});
    batch.traffic.push_back({minute, session.id, session.server, session.user, {1'000, 2'000}});
    batch.sessions.push_back(stored);
  }
  batch.loads.push_back(contract::testing::load(static_cast<int>(round) * 60, clients, {10'000'000, 20'000'000}));
  return batch;
}

contract::Batch later(contract::Batch batch) {
  ++batch.number;
  for (auto& stored : batch.sessions) stored.session.rx_bytes += 1'000;
  batch.endpoints.clear();
  return batch;
}

// A table without index, eight columns, one prepared statement, one transaction: what the engine itself takes.
double bare_insert_seconds() {
  const base::TemporaryDirectory directory;
  sqlite::Connection connection(directory.file("bare.db"), sqlite::Access::write);
  connection.run(
      "CREATE TABLE bare (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, d INTEGER, e INTEGER, f INTEGER, g REAL)");
  sqlite::Statement insert(connection, "INSERT INTO bare VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  const auto start = std::clock();
  sqlite::Transaction transaction(connection, sqlite::Access::write);
  for (std::uint64_t id = 1; id <= clients; ++id) {
    insert.bind_all(id, std::string_view("client-4711"), std::string_view("198.18.1.2"), std::string_view("10.8.1.2"),
                    id, id, id, 52.5);
    insert.run();
  }
  transaction.commit();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

enum class Step { insert, update };

void commit(benchmark::State& state, Step step) {
  const base::TemporaryDirectory directory;
  const auto store = sqlite::open({.path = directory.file("davylamp.db")});
  const auto writer = store->writer();
  std::uint64_t round = 0;
  double bare = 0;
  double ours = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto batch = new_clients(round++);
    if (step == Step::update) {
      writer->commit(batch);
      batch = later(std::move(batch));
    }
    // As the daemon does between batches, so that no commit pays for moving the log into the file.
    writer->checkpoint();
    bare += bare_insert_seconds();
    state.ResumeTiming();
    const auto start = std::clock();
    writer->commit(batch);
    ours += static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  state.counters["sessions/s"] =
      benchmark::Counter(static_cast<double>(clients), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["bare_insert_ms"] = bare * 1'000 / static_cast<double>(round);
  state.counters["ratio_to_bare"] = ours / bare;
}
void new_sessions(benchmark::State& state) {
  commit(state, Step::insert);
}
void known_sessions(benchmark::State& state) {
  commit(state, Step::update);
}
BENCHMARK(new_sessions)->Name("store/commit_10k_new_sessions")->Unit(benchmark::kMillisecond)->Iterations(20);
BENCHMARK(known_sessions)->Name("store/commit_10k_known_sessions")->Unit(benchmark::kMillisecond)->Iterations(20);

// Twenty thousand users of a month, all of them active in every hour of its first day; the month began within that day,
// as it does in most time zones, and, for the second, within an hour.
void month_of_usage(benchmark::State& state, base::Seconds into_the_day) {
  constexpr std::uint64_t users = 20'000;
  const base::TemporaryDirectory directory;
  const auto store = sqlite::open({.path = directory.file("davylamp.db")});
  const auto writer = store->writer();
  const auto moved = [&](contract::Batch& batch, base::Time at) {
    for (std::uint64_t id = 1; id <= users; ++id)
      batch.traffic.push_back({at, id, "udp", "client-" + std::to_string(id), {1'000, 2'000}});
  };
  std::uint64_t number = 0;
  for (int hour = 0; hour < 24; ++hour) {
    contract::Batch batch{.number = ++number};
    moved(batch, contract::testing::at(hour * 3'600 + 60));
    writer->commit(batch);
  }
  for (int day = 1; day < 31; ++day) {
    contract::Batch batch{.number = ++number};
    moved(batch, contract::testing::at(day * 86'400));
    writer->commit(batch);
  }
  writer->checkpoint();
  for (auto _ : state) benchmark::DoNotOptimize(writer->usage(contract::testing::at(0) + into_the_day));
}
void usage_from_an_hour(benchmark::State& state) {
  month_of_usage(state, base::Seconds(22 * 3'600));
}
void usage_from_a_minute(benchmark::State& state) {
  month_of_usage(state, base::Seconds(22 * 3'600 + 1'800));
}
BENCHMARK(usage_from_an_hour)->Name("store/usage_of_20k_users_in_a_month")->Unit(benchmark::kMillisecond);
BENCHMARK(usage_from_a_minute)
    ->Name("store/usage_of_20k_users_in_a_month_from_a_minute")
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace davylamp
