// Totals of 1,000 interfaces beside `ip -s link`, in one run: CPU time, medians of interleaved rounds. Needs root.
#include <benchmark/benchmark.h>

#include "io/testing/two_hosts.hpp"
#include "standard_tool.hpp"
#include "witness/interfaces/interface_reader.hpp"

namespace {

using namespace davylamp;
using io::testing::TwoHosts;

constexpr int rounds = 9;
constexpr int reads_per_round = 50;

void interfaces_beside_ip(benchmark::State& state) {
  if (!TwoHosts::possible()) return state.SkipWithError("needs root and network namespaces");
  TwoHosts hosts;
  hosts.run_in_server("for i in $(seq 1 500); do echo \"link add ppp$i type veth peer name y$i\"; done | ip -batch -");
  hosts.in_server([&] {
    const auto reader = interfaces::make_interface_reader();
    const auto count = reader->read({"*"}).size();
    std::vector<double> ours;
    std::vector<double> tool;
    for (auto _ : state) {
      for (int round = 0; round < rounds; ++round) {
        const auto began = bench::thread_cpu_seconds();
        for (int i = 0; i < reads_per_round; ++i) benchmark::DoNotOptimize(reader->read({"*"}));
        ours.push_back((bench::thread_cpu_seconds() - began) / reads_per_round);
        tool.push_back(bench::cpu_of_program({"ip", "-s", "link"}));
      }
    }
    const double each = bench::median(ours) / static_cast<double>(count) * 1e6;
    const double ratio = bench::median(tool) / bench::median(ours);
    state.counters["interfaces"] = static_cast<double>(count);
    state.counters["us_each"] = each;
    state.counters["x_ip_s_link"] = ratio;
    state.SetLabel(std::string("gate: us_each <= 0.3, x_ip_s_link >= 20: ") +
                   (each <= 0.3 && ratio >= 20 ? "met" : "NOT MET"));
  });
}
BENCHMARK(interfaces_beside_ip)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
