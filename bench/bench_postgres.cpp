// What a commit of the counters of 2,000 sessions costs, beside raw COPY of the same rows by the same server in the
// same run; and how soon it is found out who had an address at a time among many closed sessions: under 50 ms.
// DAVYLAMP_BENCH_SESSIONS says how many (10,000,000 by default; making them takes minutes).
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/sql/statement.hpp"

namespace davylamp {
namespace {

constexpr std::uint64_t clients = 2'000;

contract::StoredSession client(std::uint64_t id) {
  auto stored = contract::testing::full_session(id);
  stored.session.user = "client-" + std::to_string(id);
  stored.session.rx_bytes = 0;
  return stored;
}

contract::Batch counters(std::uint64_t number) {
  contract::Batch batch{.number = number};
  for (std::uint64_t id = 1; id <= clients; ++id) {
    auto stored = client(id);
    stored.session.rx_bytes = number * 1'000;
    stored.session.last_seen_at = contract::testing::at(static_cast<int>(number));
    batch.traffic.push_back(
        {contract::testing::at(static_cast<int>(number)), id, "udp", stored.session.user, {1'000, 2'000}});
    batch.sessions.push_back(std::move(stored));
  }
  batch.loads.push_back(contract::testing::load(static_cast<int>(number), clients, {1'000 * clients, 2'000 * clients}));
  return batch;
}

// Five tables get a row of each session: sessions, users, and the minute, the hour and the day of its traffic.
constexpr std::uint64_t rows_per_session = 5;

struct Bench {
  postgres::testing::Database database;
  std::unique_ptr<contract::Store> store = postgres::open(database.config());
  postgres::Connection connection{database.config(), {.statement_seconds = 0, .lock_seconds = 0}};
};

void commit_counters(benchmark::State& state) {
  Bench bench;
  const auto writer = bench.store->writer();
  std::uint64_t number = 0;
  writer->commit(counters(++number));
  for (auto _ : state) {
    state.PauseTiming();
    const auto batch = counters(++number);
    state.ResumeTiming();
    writer->commit(batch);
  }
  state.counters["sessions/s"] = benchmark::Counter(
      static_cast<double>(clients) * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["rows/s"] =
      benchmark::Counter(static_cast<double>(clients * rows_per_session) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(commit_counters)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(3);

// As many rows of the width of a counter, into a table without an index, in a transaction of its own.
void copy_raw(benchmark::State& state) {
  Bench bench;
  bench.connection.run("CREATE TABLE raw (at BIGINT, name TEXT, server TEXT, rx_bytes BIGINT, tx_bytes BIGINT)");
  std::string rows;
  for (std::uint64_t i = 0; i < clients * rows_per_session; ++i)
    rows += "1794960000\tclient-" + std::to_string(i) + "\tudp\t1000\t2000\n";
  for (auto _ : state) {
    auto& link = bench.connection.link();
    link.begin_copy_in("COPY raw FROM STDIN");
    link.put_copy(rows);
    link.end_copy_in();
  }
  state.counters["rows/s"] =
      benchmark::Counter(static_cast<double>(clients * rows_per_session) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(copy_raw)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(3);

std::uint64_t wanted_sessions() {
  const auto* text = std::getenv("DAVYLAMP_BENCH_SESSIONS");
  return base::parse_number<std::uint64_t>(text == nullptr ? "" : text).value_or(10'000'000);
}

// A session every few seconds for a year, of 50,000 users at 200,000 addresses, an hour long.
void make_sessions(postgres::Connection& connection, std::uint64_t count) {
  connection.run("INSERT INTO sources (id, node, kind, name) VALUES (1, 'bench', 'openvpn', 'udp')");
  connection.run(
      "INSERT INTO sessions (id, source_id, peer, server, source, \"user\", common_name, transport, real_address, "
      "real_port, virtual_address, opened_at, last_seen_at, closed_at, state, adopted, final, rx_bytes, tx_bytes, "
      "rx_bps, tx_bps, place_kind, country_code, country, city) SELECT n, 1, n, 'udp', 'openvpn', 'user-' || n % "
      "50000, "
      "'user-' || n % 50000, 'udp', '198.' || 18 + n % 2 || '.' || n / 2 % 256 || '.' || n / 512 % 256, 40000, "
      "'10.8.' || n / 256 % 256 || '.' || n % 256, 1763424000 + n * 31536000 / " +
      std::to_string(count) + ", 1763427600 + n * 31536000 / " + std::to_string(count) +
      ", 1763427600 + n * 31536000 / " + std::to_string(count) +
      ", 'closed', 0, 1, n * 977 % 1000000007, n * 1009 % 1000000007, 0, 0, 'public', 'DE', 'Germany', 'Berlin' FROM "
      "generate_series(CAST(1 AS BIGINT), " +
      std::to_string(count) + ") AS n");
  connection.run("VACUUM ANALYZE sessions");
}

void print_plan(postgres::Connection& connection, const std::string& sql) {
  sql::Statement plan(connection, "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + sql);
  while (plan.step()) std::printf("    %s\n", plan.text(0).c_str());
}

void look_up_address_and_time(benchmark::State& state) {
  const auto count = wanted_sessions();
  Bench bench;
  make_sessions(bench.connection, count);
  const std::string look_up =
      "SELECT id, \"user\" FROM sessions WHERE state = 'closed' AND real_address = '198.19.77.31' AND closed_at >= "
      "1779192000 AND opened_at <= 1779192000 ORDER BY closed_at LIMIT 100";
  std::printf("%llu closed sessions; the plan:\n", static_cast<unsigned long long>(count));
  print_plan(bench.connection, look_up);
  for (auto _ : state) {
    sql::Statement rows(bench.connection, look_up);
    while (rows.step()) benchmark::DoNotOptimize(rows.integer(0));
  }
  state.counters["sessions"] = static_cast<double>(count);
}
BENCHMARK(look_up_address_and_time)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(200);

// The list of sessions as the page asks for it, newest first, of one user.
void look_up_user(benchmark::State& state) {
  Bench bench;
  make_sessions(bench.connection, wanted_sessions());
  const auto reader = bench.store->reader();
  for (auto _ : state) benchmark::DoNotOptimize(reader->closed_sessions({.users = {"user-4711"}, .limit = 100}));
}
BENCHMARK(look_up_user)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(50);

}  // namespace
}  // namespace davylamp
