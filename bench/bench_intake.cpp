// A server that was full before Davylamp came: 10,000 new clients in one listing, from the text of the management
// interface to committed rows. The figure is the CPU time of the whole way, beside a bare insert of as many rows.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "app/batch.hpp"
#include "core/pipeline.hpp"
#include "sources/openvpn/peer_table.hpp"
#include "status_text_maker.hpp"
#include "store/sqlite/store.hpp"

namespace {

using namespace davylamp;

struct Scratch {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("davylamp-bench-" + std::to_string(getpid()));
  Scratch() { std::filesystem::create_directories(folder); }
  ~Scratch() { std::filesystem::remove_all(folder); }
  std::string file(std::int64_t number) const { return (folder / (std::to_string(number) + ".db")).string(); }
};

void intake(benchmark::State& state) {
  const auto clients = static_cast<std::size_t>(state.range(0));
  const auto text = bench::make_status_text(clients);
  const Scratch scratch;
  std::int64_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto store = sqlite::open({scratch.file(number++)});
    auto writer = store->writer();
    core::Pipeline pipeline;
    state.ResumeTiming();
    std::uint64_t sequence = 0;
    const auto at = base::from_unix_seconds(1'795'300'000);
    openvpn::PeerTable peers(
        [&](model::Fact fact) { pipeline.apply({{"edge-1", "openvpn", "udp"}, 1, ++sequence, at, std::move(fact)}); });
    peers.begin_epoch(6201, 1'795'200'000);
    const auto report = peers.listing(text);
    auto effects = pipeline.take();
    writer->commit(app::take_batch(effects, 1));
    state.PauseTiming();
    if (report.sessions != clients || pipeline.sessions().open_count() != clients)
      state.SkipWithError("clients were lost");
    writer.reset();
    store.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(intake)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
