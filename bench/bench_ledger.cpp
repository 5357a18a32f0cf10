// The session ledger alone: nanoseconds per observation at 10,000 open sessions, beside a hash map that only adds up.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/pipeline.hpp"

namespace {

using namespace davylamp;
constexpr std::size_t sessions = 10'000;

std::vector<std::string> keys() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < sessions; ++i) all.push_back("6201-1795232020/1795232021/" + std::to_string(i));
  return all;
}

model::PeerFacts facts(std::size_t i, base::Time at) {
  model::PeerFacts facts;
  facts.user = "user" + std::to_string(i);
  facts.common_name = facts.user;
  facts.connected_at = at;
  facts.transport = "udp";
  facts.real = model::Endpoint{
      model::Address::from_v4({8, 8, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)}), 1194};
  return facts;
}

// A limit for each session's user, far from reached, and as many for users who are not there.
model::Limits limits_for_all() {
  model::Limits limits;
  for (std::size_t i = 0; i < 2 * sessions; ++i) {
    auto& limit = limits.limits.emplace_back();
    limit.id = i + 1;
    limit.subject = "user" + std::to_string(i);
    limit.bytes = 1'000'000'000'000;
  }
  return limits;
}

// Byte counts for every session in turn, drained as the process role does: counters each round, a slice of rows each
// twentieth.
void run_ledger(benchmark::State& state, const model::Limits& limits) {
  const auto names = keys();
  core::Pipeline pipeline;
  auto at = base::from_unix_seconds(1'795'232'100);
  std::uint64_t sequence = 0;
  const model::SourceId source{"edge-1", "openvpn", "udp"};
  for (std::size_t i = 0; i < sessions; ++i) {
    pipeline.apply({source, 1, ++sequence, at, model::PeerSeen{names[i], {1, 1}, 0, facts(i, at)}});
  }
  if (!limits.limits.empty()) pipeline.set_limits(limits, at);
  benchmark::DoNotOptimize(pipeline.take());
  for (const auto from : pipeline.usage_wanted()) pipeline.set_usage(from, {});
  std::uint64_t bytes = 0;
  std::size_t round = 0;
  for (auto _ : state) {
    at += base::Milliseconds{50};
    ++bytes;
    for (std::size_t i = 0; i < sessions; ++i) {
      pipeline.apply({source, 1, ++sequence, at, model::PeerSeen{names[i], {bytes * 1000, bytes * 1500}, 0, {}}});
    }
    if (++round % 20 == 0) {
      pipeline.tick(at);
      benchmark::DoNotOptimize(pipeline.take(core::Pipeline::Scope::slice));
    } else {
      benchmark::DoNotOptimize(pipeline.take_counters());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(sessions));
}
void ledger(benchmark::State& state) {
  run_ledger(state, {});
}
BENCHMARK(ledger)->Unit(benchmark::kMillisecond);

void ledger_with_20000_limits(benchmark::State& state) {
  run_ledger(state, limits_for_all());
}
BENCHMARK(ledger_with_20000_limits)->Unit(benchmark::kMillisecond);

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Everybody is there, everything was committed, and one in a hundred moves each second: what a session takes, and what
// a second of the process role costs. Of 64 servers.
void many_open_sessions(benchmark::State& state) {
  const auto count = static_cast<std::uint64_t>(state.range(0));
  constexpr std::uint64_t servers = 64;
  constexpr std::uint64_t moving_share = 100;
  const auto before = resident_bytes();
  core::Pipeline pipeline;
  auto at = base::from_unix_seconds(1'795'232'100);
  std::vector<std::uint64_t> sequences(servers);
  const auto say = [&](std::uint64_t number, model::Counters counters, std::optional<model::PeerFacts> about) {
    const auto server = number % servers;
    const model::SourceId source{"edge-" + std::to_string(server), "openvpn", "udp-" + std::to_string(server)};
    model::PeerSeen seen{"1795232021/" + std::to_string(number), counters, 0, std::move(about)};
    pipeline.apply({source, 1, ++sequences[server], at, std::move(seen)});
  };
  for (std::uint64_t number = 0; number < count; ++number) {
    say(number, {1, 1}, facts(number, at));
    if (number % 50'000 == 0) benchmark::DoNotOptimize(pipeline.take());
  }
  benchmark::DoNotOptimize(pipeline.take());
  ::malloc_trim(0);
  const auto taken = resident_bytes() - before;
  if (pipeline.sessions().open_count() != count) return state.SkipWithError("sessions were lost");
  std::uint64_t next = 0;
  std::uint64_t bytes = 1;
  double tick_seconds = 0;
  for (auto _ : state) {
    at += base::Seconds{1};
    ++bytes;
    for (std::uint64_t i = 0; i < count / moving_share; ++i) say(next++ % count, {bytes * 1'000, bytes * 1'500}, {});
    const auto began = std::chrono::steady_clock::now();
    pipeline.tick(at);
    benchmark::DoNotOptimize(pipeline.take(core::Pipeline::Scope::slice));
    tick_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  state.counters["bytes/session"] = static_cast<double>(taken) / static_cast<double>(count);
  state.counters["tick_and_take_ms"] = benchmark::Counter(tick_seconds * 1e3, benchmark::Counter::kAvgIterations);
  state.counters["moved/s"] = static_cast<double>(count / moving_share);
}
// 90 seconds: the minute in which every session is written again is in it.
BENCHMARK(many_open_sessions)->Arg(100'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->Iterations(90);

// The reference: find the session by the same key, keep the maximum, add the difference. No more is possible.
void reference_map(benchmark::State& state) {
  const auto names = keys();
  std::unordered_map<std::string, model::Counters> open;
  for (const auto& name : names) open[name] = {1, 1};
  model::Counters sum;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    ++bytes;
    for (const auto& name : names) {
      auto& known = open.find(std::string(name))->second;
      auto raised = known;
      raised.raise_to({bytes * 1000, bytes * 1500});
      sum += raised - known;
      known = raised;
    }
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(sessions));
}
BENCHMARK(reference_map)->Unit(benchmark::kMillisecond);

}  // namespace
