// What a commit of the counters of 2,000 sessions costs, beside raw COPY of the same rows by the same server in the
// same run; and how soon it is found out who had an address at a time among many closed sessions: under 50 ms.
// DAVYLAMP_BENCH_SESSIONS says how many (10,000,000 by default; making them takes minutes). server_ms is the time that
// the server's processes had a core for each round: on a busy machine it says more than the clock.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/sql/statement.hpp"

namespace davylamp {
namespace {

constexpr std::uint64_t clients = 2'000;
using Clock = std::chrono::steady_clock;

// Today, so that rows go where a daemon's go: tables have a part for each day.
base::Time at(std::uint64_t seconds) {
  static const auto today = base::floor_to(
      std::chrono::time_point_cast<base::Milliseconds>(std::chrono::system_clock::now()), base::Seconds{3'600});
  return today + base::Seconds{static_cast<std::int64_t>(seconds)};
}

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
    stored.session.last_seen_at = at(number);
    batch.traffic.push_back({at(number), id, "udp", stored.session.user, {1'000, 2'000}});
    batch.sessions.push_back(std::move(stored));
  }
  batch.loads.push_back(
      {.at = at(number), .server = "udp", .sessions = clients, .bytes = {1'000 * clients, 2'000 * clients}});
  return batch;
}

// Five tables get a row of each session: sessions, users, and the minute, the hour and the day of its traffic.
constexpr std::uint64_t rows_per_session = 5;

struct Bench {
  postgres::testing::Database database;
  std::unique_ptr<contract::Store> store = postgres::open(database.config());
  postgres::Connection connection{database.config(), {.statement_seconds = 0, .lock_seconds = 0}};
};

// How long the server's processes that work on this database had a core so far.
double server_milliseconds(Bench& bench) {
  sql::Statement rows(bench.connection, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()");
  double sum = 0;
  while (rows.step()) {
    double nanoseconds = 0;
    std::ifstream("/proc/" + rows.text(0) + "/schedstat") >> nanoseconds;
    sum += nanoseconds / 1e6;
  }
  return sum;
}

void commit_counters(benchmark::State& state) {
  Bench bench;
  const auto writer = bench.store->writer();
  std::uint64_t number = 0;
  for (int i = 0; i < 10; ++i) writer->commit(counters(++number));
  const auto before = server_milliseconds(bench);
  for (auto _ : state) {
    state.PauseTiming();
    const auto batch = counters(++number);
    state.ResumeTiming();
    writer->commit(batch);
  }
  state.counters["server_ms"] =
      benchmark::Counter(server_milliseconds(bench) - before, benchmark::Counter::kAvgIterations);
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
  const auto before = server_milliseconds(bench);
  for (auto _ : state) {
    auto& link = bench.connection.link();
    link.begin_copy_in("COPY raw FROM STDIN");
    link.put_copy(rows);
    link.end_copy_in();
  }
  state.counters["server_ms"] =
      benchmark::Counter(server_milliseconds(bench) - before, benchmark::Counter::kAvgIterations);
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
}

// Half a year in; many were at one address then.
constexpr std::int64_t asked_at = 1'779'192'000;
constexpr std::uint64_t together = 500;

void make_crowd(postgres::Connection& connection) {
  connection.run(
      "INSERT INTO sessions (id, source_id, peer, server, source, \"user\", transport, real_address, real_port, "
      "virtual_address, opened_at, last_seen_at, closed_at, state, adopted, final, rx_bytes, tx_bytes, rx_bps, tx_bps) "
      "SELECT 100000000 + n, 1, 'crowd/' || n, 'udp', 'openvpn', 'crowd-' || n, 'udp', '203.0.113.78', 40000, "
      "'10.9.' || n / 256 || '.' || n % 256, " +
      std::to_string(asked_at) + " - n, " + std::to_string(asked_at) + " + n, " + std::to_string(asked_at) +
      " + n, 'closed', 0, 1, n, n, 0, 0 FROM generate_series(CAST(1 AS BIGINT), " + std::to_string(together) +
      ") AS n");
}

struct LookUp {
  const char* name;
  std::string address;
};

// Whose session was open at that time, as the bench made it.
std::string address_of_one(postgres::Connection& connection) {
  sql::Statement row(connection,
                     "SELECT real_address FROM sessions WHERE state = 'closed' AND closed_at >= ?1 AND opened_at <= ?1 "
                     "AND source_id = 1 AND id < 100000000 LIMIT 1");
  row.bind_all(asked_at);
  return row.step() ? row.text(0) : std::string("198.18.0.1");
}

// As the API asks, over a connection that has asked nothing before, and then again and again.
void look_up(benchmark::State& state, Bench& bench, const LookUp& wanted) {
  constexpr int rounds = 200;
  const auto reader = bench.store->reader();
  contract::SessionQuery query;
  query.address = *model::Address::parse(wanted.address);
  query.at = base::from_unix_seconds(asked_at);
  std::vector<double> taken;
  std::uint64_t found = 0;
  for (int i = 0; i <= rounds; ++i) {
    const auto began = Clock::now();
    found = reader->closed_sessions(query).total;
    taken.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
  }
  const double first = taken.front();
  taken.erase(taken.begin());
  std::ranges::sort(taken);
  std::printf("look_up_address_and_time/%s  %llu found: first %.2f ms, then p50 %.2f ms, p99 %.2f ms, most %.2f ms\n",
              wanted.name, static_cast<unsigned long long>(found), first, taken[taken.size() / 2],
              taken[taken.size() * 99 / 100], taken.back());
  state.counters[std::string(wanted.name) + "_p99_ms"] = taken[taken.size() * 99 / 100];
}

void look_up_address_and_time(benchmark::State& state) {
  Bench bench;
  make_sessions(bench.connection, wanted_sessions());
  make_crowd(bench.connection);
  bench.connection.run("VACUUM ANALYZE sessions");
  const std::vector<LookUp> wanted{
      {"nobody", "192.0.2.1"}, {"one", address_of_one(bench.connection)}, {"many", "203.0.113.78"}};
  std::printf("%llu closed sessions; limit 50 ms\n", static_cast<unsigned long long>(wanted_sessions() + together));
  for (auto _ : state) {
    for (const auto& each : wanted) look_up(state, bench, each);
  }
}
BENCHMARK(look_up_address_and_time)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

// The list of sessions as the page asks for it, newest first, of one user.
void look_up_user(benchmark::State& state) {
  Bench bench;
  make_sessions(bench.connection, wanted_sessions());
  bench.connection.run("VACUUM ANALYZE sessions");
  const auto reader = bench.store->reader();
  for (auto _ : state) benchmark::DoNotOptimize(reader->closed_sessions({.users = {"user-4711"}, .limit = 100}));
}
BENCHMARK(look_up_user)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(50);

}  // namespace
}  // namespace davylamp
