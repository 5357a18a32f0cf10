// What the way from davylamp-agent to the daemon costs for each peer: a tick's counters of very many peers in one line,
// written by the agent and read by the daemon; and what tidying costs while the daemon is away.
#include <benchmark/benchmark.h>

#include <string>

#include "bus/outbox.hpp"
#include "bus/uplink/protocol.hpp"

namespace {

using namespace davylamp;

const model::SourceId source{"edge-1", "watch", "conduit"};

model::Observation tick(std::size_t peers, std::uint64_t sequence) {
  model::PeersMoved moved;
  moved.peers.reserve(peers);
  for (std::size_t i = 0; i < peers; ++i)
    moved.peers.push_back({"7/" + std::to_string(1'000'000 + i), {sequence * 1'234'567 + i, sequence * 7'654'321 + i}});
  return {source, 1'700'000'000'000, sequence, base::from_unix_seconds(1'795'300'000), std::move(moved)};
}

void per_peer(benchmark::State& state, std::size_t peers) {
  state.counters["per_peer"] = benchmark::Counter(
      static_cast<double>(peers), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void write_line(benchmark::State& state) {
  const auto peers = static_cast<std::size_t>(state.range(0));
  const auto observation = tick(peers, 3);
  std::string line;
  for (auto _ : state) {
    line.clear();
    uplink::append_line(line, observation);
    benchmark::DoNotOptimize(line.data());
  }
  per_peer(state, peers);
  state.counters["bytes/peer"] = static_cast<double>(line.size()) / static_cast<double>(peers);
}
BENCHMARK(write_line)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void read_line(benchmark::State& state) {
  const auto peers = static_cast<std::size_t>(state.range(0));
  std::string line;
  uplink::append_line(line, tick(peers, 3));
  line.pop_back();
  for (auto _ : state) {
    auto message = uplink::read_from_collector(line);
    if (!message) state.SkipWithError(message.error().message.c_str());
    benchmark::DoNotOptimize(message);
  }
  per_peer(state, peers);
}
BENCHMARK(read_line)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void wait_for_the_daemon(benchmark::State& state) {
  const auto peers = static_cast<std::size_t>(state.range(0));
  bus::Outbox outbox;
  std::uint64_t sequence = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto observation = tick(peers, ++sequence);
    state.ResumeTiming();
    outbox.add(std::move(observation));
  }
  per_peer(state, peers);
  if (outbox.stats().dropped + outbox.stats().lost != 0) state.SkipWithError("something was dropped");
}
BENCHMARK(wait_for_the_daemon)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
