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

enum class Stores { yes, no };

void intake(benchmark::State& state, Stores stores) {
  const auto clients = static_cast<std::size_t>(state.range(0));
  const auto text = bench::make_status_text(clients);
  const Scratch scratch;
  std::int64_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto store = sqlite::open({scratch.file(number++)});
    auto writer = store->writer();
    std::optional<core::Pipeline> pipeline(std::in_place);
    std::uint64_t sequence = 0;
    const auto at = base::from_unix_seconds(1'795'300'000);
    std::optional<openvpn::PeerTable> peers(std::in_place, [&](model::Fact fact) {
      pipeline->apply({{"edge-1", "openvpn", "udp"}, 1, ++sequence, at, std::move(fact)});
    });
    peers->begin_epoch(6201, 1'795'200'000);
    state.ResumeTiming();
    const auto report = peers->listing(text);
    std::optional<core::Effects> effects = pipeline->take();
    const auto batch = std::make_unique<contract::Batch>(app::take_batch(*effects, 1));
    if (stores == Stores::yes) writer->commit(*batch);
    state.PauseTiming();
    if (report.sessions != clients || pipeline->sessions().open_count() != clients)
      state.SkipWithError("clients were lost");
    effects.reset();
    peers.reset();
    pipeline.reset();
    writer.reset();
    store.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(intake, whole, Stores::yes)->Arg(10'000)->Unit(benchmark::kMillisecond);
// The same without the store: parse and ledger.
BENCHMARK_CAPTURE(intake, parse_and_ledger, Stores::no)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
