// What it costs to make heartbeats durable, in batches: 40,000 a second must be accepted on one core, the rest of the
// way of a heartbeat included.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/heartbeat_journal_contract.hpp"
#include "store/sqlite/heartbeat_journal.hpp"

namespace davylamp {
namespace {

void append(benchmark::State& state, const model::Heartbeat& heartbeat) {
  const base::TemporaryDirectory directory;
  const auto journal = sqlite::open_journal(directory.file("heartbeats.db"));
  const auto batch = static_cast<std::size_t>(state.range(0));
  std::vector<model::Heartbeat> heartbeats(batch, heartbeat);
  for (auto _ : state) journal->append(heartbeats);
  state.SetItemsProcessed(static_cast<std::int64_t>(batch) * static_cast<std::int64_t>(state.iterations()));
}

void append_pings(benchmark::State& state) {
  append(state, contract::testing::ping_of("agent-4711"));
}
void append_whole_reports(benchmark::State& state) {
  append(state, contract::testing::full_heartbeat("agent-4711"));
}
BENCHMARK(append_pings)->Arg(1)->Arg(16)->Arg(256)->UseRealTime();
BENCHMARK(append_whole_reports)->Arg(1)->Arg(16)->Arg(256)->UseRealTime();

void read_whole_reports(benchmark::State& state) {
  constexpr std::size_t rows = 4'096;
  const base::TemporaryDirectory directory;
  const auto journal = sqlite::open_journal(directory.file("heartbeats.db"));
  std::vector<model::Heartbeat> heartbeats(rows, contract::testing::full_heartbeat("agent-4711"));
  journal->append(heartbeats);
  for (auto _ : state) benchmark::DoNotOptimize(journal->read(0, rows));
  state.SetItemsProcessed(static_cast<std::int64_t>(rows) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(read_whole_reports);

}  // namespace
}  // namespace davylamp
