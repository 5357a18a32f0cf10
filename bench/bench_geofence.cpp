// Compiling a country firewall of two large countries: walking the file, the text, and the kernel taking it. Needs a
// real file: DAVYLAMP_GEOIP_CITY=PATH.
#include <benchmark/benchmark.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>

#include "app/geofence/compile.hpp"
#include "app/geofence/nft_program.hpp"
#include "app/geofence/nft_text.hpp"

namespace {

using namespace davylamp::app;

davylamp::base::Result<CompiledFence> compile() {
  const char* path = std::getenv("DAVYLAMP_GEOIP_CITY");
  if (path == nullptr) return davylamp::base::fail("no_database", "set DAVYLAMP_GEOIP_CITY to an MMDB city file");
  const auto databases = open_databases({{path}, {path}, {path}});
  FenceRequest request;
  request.allow = {"DE", "US"};
  return compile_fence(request, databases);
}

void geofence_compile(benchmark::State& state) {
  std::size_t networks = 0;
  for (auto _ : state) {
    const auto fence = compile();
    if (!fence) return state.SkipWithError(fence.error().message.c_str());
    networks = fence->listed.v4.size() + fence->listed.v6.size();
  }
  state.counters["networks"] = static_cast<double>(networks);
}
BENCHMARK(geofence_compile)->Unit(benchmark::kMillisecond);

// In a network namespace of its own, which is gone with the program.
void geofence_apply(benchmark::State& state) {
  if (::geteuid() != 0 || ::unshare(CLONE_NEWNET) != 0) return state.SkipWithError("needs root");
  const auto fence = compile();
  if (!fence) return state.SkipWithError(fence.error().message.c_str());
  std::uint64_t generation = 0;
  for (auto _ : state) {
    const FenceId id{"bench", ++generation, {{443}, {}}};
    const auto done = run_nft({"-f", "-"}, fence_table_removal() + fence_kept(id, fence_definition(id, *fence), {}));
    if (!done) return state.SkipWithError(done.error().message.c_str());
  }
}
BENCHMARK(geofence_apply)->Unit(benchmark::kMillisecond)->Iterations(3)->UseRealTime();

}  // namespace
