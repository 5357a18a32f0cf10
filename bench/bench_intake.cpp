// A server fills up at once: 10,000 new clients in one listing, from the text of the management interface to committed
// rows, in a daemon that has been running. The figure is the CPU time of the whole way.
#include <benchmark/benchmark.h>

#include <ctime>
#include <string>

#include "app/batch.hpp"
#include "base/testing/temporary_directory.hpp"
#include "core/pipeline.hpp"
#include "sources/openvpn/peer_table.hpp"
#include "status_text_maker.hpp"
#include "store/sqlite/store.hpp"

namespace {

using namespace davylamp;

void commit(core::Pipeline& pipeline, contract::StoreWriter& writer, std::uint64_t number) {
  auto effects = pipeline.take();
  writer.commit(app::take_batch(effects, number));
}

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

enum class Stores { yes, no };

void intake(benchmark::State& state, Stores stores) {
  const auto clients = static_cast<std::size_t>(state.range(0));
  const auto text = bench::make_status_text(clients);
  const base::TemporaryDirectory scratch;
  const auto store = sqlite::open({scratch.file("davylamp.db")});
  const auto writer = store->writer();
  core::Pipeline pipeline;
  auto at = base::from_unix_seconds(1'795'300'000);
  std::uint64_t sequence = 0;
  std::uint64_t batches = 0;
  double listing = 0;
  openvpn::PeerTable peers(
      [&](model::Fact fact) { pipeline.apply({{"edge-1", "openvpn", "udp"}, 1, ++sequence, at, std::move(fact)}); });
  for (auto _ : state) {
    state.PauseTiming();  // the server restarts: everybody who was there leaves
    at += base::Seconds{3600};
    peers.begin_epoch(6201, base::to_unix_seconds(at));
    pipeline.tick(at);
    commit(pipeline, *writer, ++batches);
    writer->checkpoint();
    state.ResumeTiming();
    const auto began = cpu_milliseconds();
    const auto report = peers.listing(text);
    listing += cpu_milliseconds() - began;
    if (stores == Stores::yes) {
      commit(pipeline, *writer, ++batches);
    } else {
      benchmark::DoNotOptimize(pipeline.take());
    }
    if (report.sessions != clients || pipeline.sessions().open_count() != clients)
      state.SkipWithError("clients were lost");
  }
  state.counters["listing_and_ledger_ms"] = benchmark::Counter(listing, benchmark::Counter::kAvgIterations);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(intake, whole, Stores::yes)->Arg(10'000)->Unit(benchmark::kMillisecond);
// The same without the store: parse and ledger.
BENCHMARK_CAPTURE(intake, parse_and_ledger, Stores::no)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
