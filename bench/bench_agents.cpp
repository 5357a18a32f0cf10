// Agents on the hub: CPU time per heartbeat, and the share of a core that 10,000 agents need at 30 s.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/agents/testing_lab.hpp"

namespace {

using namespace davylamp;
using namespace davylamp::core;

constexpr int agents = 10'000;
constexpr int interval_seconds = 30;

void lay_down(AgentLab& lab) {
  for (int i = 0; i < agents; ++i) lab.add("agent-" + std::to_string(i), "site-" + std::to_string(i % 200));
  for (auto& one : lab.settings) one.interval_seconds = interval_seconds;
  lab.lay_down();
}

// One second of the hub: its share of the heartbeats, a tick, a take.
void one_second(AgentLab& lab, std::vector<model::Heartbeat>& heartbeats, std::size_t second) {
  lab.now += base::Seconds{1};
  for (std::size_t i = second % interval_seconds; i < heartbeats.size(); i += interval_seconds) {
    auto& heartbeat = heartbeats[i];
    heartbeat.number = ++lab.number;
    heartbeat.received_at = heartbeat.measured_at = lab.now;
    lab.board->apply(heartbeat);
  }
  lab.board->tick(lab.now);
  benchmark::DoNotOptimize(lab.board->take());
}

void ten_thousand_agents(benchmark::State& state) {
  AgentLab lab;
  lay_down(lab);
  std::vector<model::Heartbeat> heartbeats;
  for (int i = 0; i < agents; ++i) {
    heartbeats.push_back(lab.sealed("agent-" + std::to_string(i)));
    heartbeats.back().interval_seconds = interval_seconds;
  }
  std::size_t second = 0;
  // What an agent has after half an hour.
  for (; second < 1'800; ++second) one_second(lab, heartbeats, second);
  for (auto run : state) one_second(lab, heartbeats, second++);
  const double per_second = static_cast<double>(agents) / interval_seconds;
  const auto seconds = static_cast<double>(state.iterations());
  state.counters["cpu_per_heartbeat"] =
      benchmark::Counter(per_second * seconds, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["core_share"] = benchmark::Counter(seconds, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(ten_thousand_agents)->Unit(benchmark::kMillisecond);

}  // namespace
