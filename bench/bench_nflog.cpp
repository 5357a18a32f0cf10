// NFLOG as the source reads it, to the counted attempt, beside a reader of /dev/kmsg: CPU time per message of real
// packets between two network namespaces, medians of interleaved rounds. Needs root.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>

#include "base/testing/temporary_directory.hpp"
#include "io/system_clock.hpp"
#include "io/testing/two_hosts.hpp"
#include "socket_address.hpp"
#include "sources/firewall/input.hpp"
#include "standard_tool.hpp"

namespace {

using namespace davylamp;
using io::testing::TwoHosts;

constexpr int rounds = 7;
constexpr unsigned packets_per_round = 200'000;
constexpr unsigned sources = 64;

// In a process of its own, from peers 10.98.0.x to the server's port. Returns its id.
pid_t send_packets(TwoHosts& hosts) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  hosts.in_client([] {
    const auto service = bench::ipv4_address(0x0A4D0001U, 1194);
    std::array<int, sources> handles{};
    for (unsigned i = 0; i < sources; ++i) {
      handles[i] = ::socket(AF_INET, SOCK_DGRAM, 0);
      const auto peer = bench::ipv4_address(0x0A620001U + i, 0);
      if (::bind(handles[i], reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) ::_exit(1);
    }
    for (unsigned i = 0; i < packets_per_round; ++i)
      ::sendto(handles[i % sources], "x", 1, 0, reinterpret_cast<const sockaddr*>(&service), sizeof service);
  });
  ::_exit(0);
}

// CPU seconds per record of the kernel's ring, read as a source would; nothing when it has too few.
std::optional<double> seconds_per_kernel_record(const base::Clock& clock) {
  firewall::AttemptIntake intake({"edge", {}, {}});
  const int handle = ::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (handle < 0) return std::nullopt;
  std::array<char, 8'192> record{};
  std::uint64_t records = 0;
  const auto began = bench::thread_cpu_seconds();
  for (;;) {
    const auto size = ::read(handle, record.data(), record.size());
    if (size < 0 && errno == EPIPE) continue;
    if (size <= 0) break;
    const std::string_view text(record.data(), static_cast<std::size_t>(size));
    intake.take_firewall_line(firewall::read_log_line(text), clock.now(), {});
    ++records;
  }
  const auto spent = bench::thread_cpu_seconds() - began;
  ::close(handle);
  if (records < 200) return std::nullopt;
  return spent / static_cast<double>(records);
}

void make_rules(TwoHosts& hosts) {
  const base::TemporaryDirectory directory;
  std::ofstream(directory.file("rules")) << "table inet t {\n chain c {\n type filter hook input priority 0\n"
                                            " udp dport 1194 log prefix \"[VPN-CONN] \" group 7 snaplen 64\n"
                                            " udp dport 1194 drop\n }\n}\n";
  hosts.run_in_server("nft -f " + directory.file("rules"));
}

void nflog_to_attempts(benchmark::State& state) {
  if (!TwoHosts::possible()) return state.SkipWithError("needs root and network namespaces");
  TwoHosts hosts;
  make_rules(hosts);
  const io::SystemClock clock;
  firewall::AttemptIntake intake({"edge", {}, {}});
  boost::asio::io_context loop;
  const auto input = firewall::make_nflog_input(7, intake, clock);
  hosts.in_server([&] {
    boost::asio::co_spawn(loop, input->run(), boost::asio::detached);
    while (!input->looks()) loop.run_one();
  });
  std::vector<double> ours;
  std::vector<double> kernel_log;
  std::uint64_t sent = 0;
  const auto round = [&] {
    const auto counted = intake.counter().counted();
    const auto child = send_packets(hosts);
    const auto began = bench::thread_cpu_seconds();
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) loop.run_for(std::chrono::milliseconds(200));
    loop.run_for(std::chrono::milliseconds(300));
    const auto spent = bench::thread_cpu_seconds() - began;
    sent += packets_per_round;
    ours.push_back(spent / static_cast<double>(std::max<std::uint64_t>(intake.counter().counted() - counted, 1)));
  };
  for (auto _ : state) {
    for (int i = 0; i < rounds; ++i) {
      round();
      if (const auto seconds = seconds_per_kernel_record(clock)) kernel_log.push_back(*seconds);
    }
  }
  const auto lost = input->losses().front().count;
  const auto per_message = bench::median(ours);
  state.counters["us_per_message"] = per_message * 1e6;
  state.counters["sent"] = static_cast<double>(sent);
  state.counters["lost"] = static_cast<double>(lost);
  state.counters["x_kmsg_reader"] = bench::median(kernel_log) / per_message;
  const bool met = per_message <= 0.2e-6 && intake.counter().counted() + lost == sent;
  state.SetLabel(std::string("gate: us_per_message <= 0.2, counted + gaps = sent: ") + (met ? "met" : "NOT MET"));
}
BENCHMARK(nflog_to_attempts)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
