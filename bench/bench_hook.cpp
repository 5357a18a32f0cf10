// davylamp-hook as OpenVPN starts it, beside /bin/true started the same way. OpenVPN stands still for that long, so
// what counts is the wall time from start to end; read median_us, for the mean holds what else ran on the machine.
#include <benchmark/benchmark.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/testing/temporary_directory.hpp"
#include "hook/verdict_table.hpp"

namespace {

namespace hook = davylamp::hook;
using Steady = std::chrono::steady_clock;

constexpr int refusals = 100'000;

std::vector<hook::Refused> refused_of(const std::vector<std::string>& names) {
  std::vector<hook::Refused> refused;
  for (const auto& name : names) refused.push_back({name});
  return refused;
}

// A hook's folder with a file of many verdicts.
class Folder {
 public:
  Folder() {
    std::filesystem::create_directory(directory_.file("spool"));
    std::vector<std::string> names;
    for (int i = 0; i < refusals; ++i) names.push_back("user" + std::to_string(i));
    const auto refused = refused_of(names);
    std::ofstream(directory_.file("verdicts"), std::ios::binary) << hook::verdict_table(refused, {1, 2}, 1);
  }
  const std::string& path() const { return directory_.path(); }

 private:
  davylamp::base::TemporaryDirectory directory_;
};

// What OpenVPN 2.6 sets, about.
std::vector<std::string> environment_of(const std::string& script, const std::string& name) {
  std::vector<std::string> environment{"script_type=" + script,
                                       "common_name=" + name,
                                       "time_unix=1795000000",
                                       "trusted_ip=192.0.2.7",
                                       "trusted_port=1194",
                                       "ifconfig_pool_remote_ip=10.8.0.2",
                                       "bytes_received=123456789",
                                       "bytes_sent=987654321",
                                       "time_duration=3600",
                                       "daemon_pid=99",
                                       "dev_type=tun",
                                       "proto_1=udp6",
                                       "IV_VER=2.6.14",
                                       "IV_PLAT=linux"};
  for (int i = 0; i < 50; ++i) environment.push_back("tls_or_x509_" + std::to_string(i) + "=" + std::string(40, 'x'));
  return environment;
}

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Program {
  std::string path;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  int exit_code = 0;
};

void run(benchmark::State& state, Program program) {
  auto arguments = pointers_of(program.arguments);
  auto environment = pointers_of(program.environment);
  std::vector<double> taken;
  for (auto _ : state) {
    const auto began = Steady::now();
    pid_t child = 0;
    int status = 0;
    if (::posix_spawn(&child, program.path.c_str(), nullptr, nullptr, arguments.data(), environment.data()) != 0 ||
        ::waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != program.exit_code) {
      state.SkipWithError("it did not end as it should");
      return;
    }
    taken.push_back(std::chrono::duration<double>(Steady::now() - began).count());
    state.SetIterationTime(taken.back());
  }
  std::ranges::sort(taken);
  state.counters["median_us"] = taken[taken.size() / 2] * 1e6;
  state.counters["p99_us"] = taken[taken.size() * 99 / 100] * 1e6;
}

void true_beside(benchmark::State& state) {
  run(state, {.path = "/bin/true", .arguments = {"true"}, .environment = environment_of("client-connect", "anna")});
}

Program hook_program(const Folder& folder, const std::string& script, const std::string& name) {
  return {.path = DAVYLAMP_HOOK,
          .arguments = {"davylamp-hook", folder.path()},
          .environment = environment_of(script, name)};
}

void hook_connect_of_100000_refused(benchmark::State& state) {
  const Folder folder;
  run(state, hook_program(folder, "client-connect", "anna.berg"));
}

void hook_connect_refused_of_100000(benchmark::State& state) {
  const Folder folder;
  auto program = hook_program(folder, "client-connect", "user77777");
  program.exit_code = 1;
  run(state, program);
}

void hook_disconnect_into_spool(benchmark::State& state) {
  const Folder folder;
  run(state, hook_program(folder, "client-disconnect", "anna.berg"));
}

void verdict_table_of_100000(benchmark::State& state) {
  std::vector<std::string> names;
  for (int i = 0; i < refusals; ++i) names.push_back("user" + std::to_string(i));
  const auto refused = refused_of(names);
  for (auto _ : state) benchmark::DoNotOptimize(hook::verdict_table(refused, {1, 2}, 1));
}

BENCHMARK(true_beside)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(1000);
BENCHMARK(hook_connect_of_100000_refused)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(1000);
BENCHMARK(hook_connect_refused_of_100000)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(1000);
BENCHMARK(hook_disconnect_into_spool)->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(1000);
BENCHMARK(verdict_table_of_100000)->Unit(benchmark::kMillisecond);

}  // namespace
