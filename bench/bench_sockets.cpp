// The sockets witness, whole (dump, parse, flows told), beside `ss` on the same connections of one network namespace:
// CPU time, medians of interleaved rounds. Needs root.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "contract/witness.hpp"
#include "io/system_clock.hpp"
#include "io/testing/two_hosts.hpp"
#include "socket_address.hpp"
#include "standard_tool.hpp"
#include "witness/sockets/sockets_witness.hpp"

namespace {

using namespace davylamp;
using io::testing::TwoHosts;

constexpr std::uint16_t first_port = 20'001;
constexpr int per_worker = 4'000;  // each connection is two open files of the worker
constexpr int rounds = 5;
constexpr std::size_t listings_per_round = 20;

const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// Connections of peers 10.98.N.x to the server's port, with a few bytes each; they stay while the process lives.
bool make_connections(TwoHosts& hosts, int worker) {
  const auto service = bench::ipv4_address(0x0a4d0001, static_cast<std::uint16_t>(first_port + worker));
  const int listener = hosts.in_server([] { return ::socket(AF_INET, SOCK_STREAM, 0); });
  if (::bind(listener, plain(service), sizeof service) != 0 || ::listen(listener, 1000) != 0) return false;
  for (std::uint32_t i = 0; i < per_worker; ++i) {
    const int client = hosts.in_client([] { return ::socket(AF_INET, SOCK_STREAM, 0); });
    const auto peer = bench::ipv4_address(0x0a620001U + (static_cast<std::uint32_t>(worker) << 8U) + (i & 127U), 0);
    if (::bind(client, plain(peer), sizeof peer) != 0 || ::connect(client, plain(service), sizeof service) != 0 ||
        ::send(client, "hello", 5, 0) != 5 || ::accept(listener, nullptr, nullptr) < 0)
      return false;
  }
  return true;
}

[[noreturn]] void hold_connections(TwoHosts& hosts, int worker, int ready) {
  bool made = false;
  try {
    made = make_connections(hosts, worker);
  } catch (const std::exception&) {
    made = false;
  }
  const char word = made ? 'r' : 'x';
  if (::write(ready, &word, 1) != 1 || !made) ::_exit(1);
  for (;;) ::pause();
}

class Crowd {
 public:
  Crowd(TwoHosts& hosts, int workers) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    for (int i = 0; i < workers; ++i) {
      const pid_t child = ::fork();
      if (child == 0) {
        ::close(ends[0]);
        hold_connections(hosts, i, ends[1]);
      }
      children_.push_back(child);
    }
    ::close(ends[1]);
    char done = 0;
    for (int i = 0; i < workers && ::read(ends[0], &done, 1) == 1; ++i) ready_ += done == 'r' ? 1 : 0;
    ::close(ends[0]);
  }
  ~Crowd() {
    for (const auto child : children_) ::kill(child, SIGKILL);
    for (const auto child : children_) ::waitpid(child, nullptr, 0);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  int ready() const { return ready_; }

 private:
  std::vector<pid_t> children_;
  int ready_ = 0;
};

class CountingSink final : public contract::FlowSink {
 public:
  explicit CountingSink(boost::asio::io_context& loop) : loop_(loop) {}
  void seen(base::Time, const model::FlowSeen& flow) override { bytes_ += flow.counters ? flow.counters->rx_bytes : 0; }
  void ended(base::Time, const model::FlowEnded&) override {}
  void begin_listing(base::Time) override { bytes_ = 0; }
  void end_listing(base::Time) override {
    if (--left_ == 0) loop_.stop();
  }
  void judged(base::Time, const model::Address&, const model::Quality&) override {}
  void told(model::WitnessState, std::string) override {}
  void stop_after(std::size_t listings) { left_ = listings; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  boost::asio::io_context& loop_;
  std::size_t left_ = 0;
  std::uint64_t bytes_ = 0;
};

void sockets_beside_ss(benchmark::State& state) {
  if (!TwoHosts::possible()) return state.SkipWithError("needs root and network namespaces");
  TwoHosts hosts;
  const int workers = static_cast<int>(state.range(0)) / per_worker;
  const Crowd crowd(hosts, workers);
  if (crowd.ready() != workers) return state.SkipWithError("the connections cannot be made: see RLIMIT_NOFILE");
  hosts.in_server([&] {
    contract::WatchedPorts ports;
    for (int i = 0; i < workers; ++i) ports.tcp.push_back(static_cast<std::uint16_t>(first_port + i));
    const io::SystemClock clock;
    boost::asio::io_context loop;
    CountingSink sink(loop);
    const auto witness = sockets::make_witness({ports, base::Milliseconds{0}}, clock);
    boost::asio::co_spawn(loop, witness->run(sink), boost::asio::detached);
    const auto connections = static_cast<double>(workers) * per_worker;
    const auto list = [&](std::size_t listings) {
      sink.stop_after(listings);
      loop.restart();
      loop.run();
    };
    list(2);
    if (sink.bytes() != static_cast<std::uint64_t>(workers) * per_worker * 5)
      return state.SkipWithError("the witness does not see every connection");
    std::vector<double> ours;
    std::vector<double> tin;
    std::vector<double> tunap;
    bench::CpuTime spent;
    for (auto _ : state) {
      for (int round = 0; round < rounds; ++round) {
        const auto before = bench::own_cpu();
        const auto began = bench::thread_cpu_seconds();
        list(listings_per_round);
        ours.push_back((bench::thread_cpu_seconds() - began) / listings_per_round);
        const auto after = bench::own_cpu();
        spent.user += after.user - before.user;
        spent.system += after.system - before.system;
        tin.push_back(bench::cpu_of_program({"ss", "-tin"}));
        tunap.push_back(bench::cpu_of_program({"ss", "-tunap"}));
      }
    }
    const double per_listing = bench::median(ours);
    const double share = spent.user / spent.total();
    state.counters["us_per_socket"] = per_listing / connections * 1e6;
    state.counters["user_share"] = share;
    state.counters["x_ss_tin"] = bench::median(tin) / per_listing;
    state.counters["x_ss_tunap"] = bench::median(tunap) / per_listing;
    const bool met = share <= 0.10 && bench::median(tin) >= 3 * per_listing && bench::median(tunap) >= 15 * per_listing;
    state.SetLabel(std::string("gate: user_share <= 0.10, x_ss_tin >= 3, x_ss_tunap >= 15: ") +
                   (met ? "met" : "NOT MET"));
  });
}
BENCHMARK(sockets_beside_ss)->Arg(12'000)->Arg(48'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
