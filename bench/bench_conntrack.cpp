// Connection tracking: listings and events as the witness reads them, beside `conntrack` on the same kernel state, in a
// network namespace of its own. CPU time, medians of interleaved rounds. Needs root. The table's size is the machine's:
// net.netfilter.nf_conntrack_max of the first namespace says how many connections are measured, at most a million.
#include <benchmark/benchmark.h>
#include <linux/netfilter/nfnetlink_compat.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstring>
#include <thread>

#include "connection_maker.hpp"
#include "io/netlink.hpp"
#include "io/testing/two_hosts.hpp"
#include "standard_tool.hpp"
#include "witness/conntrack/ctnetlink.hpp"
#include "witness/conntrack/kernel_settings.hpp"
#include "witness/conntrack/list_request.hpp"

namespace {

using namespace davylamp;
using bench::Maker;
using io::testing::TwoHosts;
using Bytes = std::span<const std::byte>;

constexpr int rounds = 7;
constexpr std::size_t most_connections = 1'000'000;
constexpr std::size_t burst_connections = 100'000;
constexpr std::size_t waiting_connections = 20'000;
constexpr std::size_t event_buffer_bytes = std::size_t{16} << 20U;

bool ends_listing(Bytes datagram) {
  nlmsghdr last{};
  constexpr std::size_t done_bytes = sizeof last + 4;
  if (datagram.size() < done_bytes) return false;
  std::memcpy(&last, datagram.data() + datagram.size() - done_bytes, sizeof last);
  return last.nlmsg_type == NLMSG_DONE && last.nlmsg_len == done_bytes;
}

// Lists everything; `take` is given each datagram. CPU seconds.
template <class Take>
double list(io::Netlink& netlink, Take take) {
  const auto began = bench::thread_cpu_seconds();
  netlink.send(conntrack::list_request({}, 1));
  bool done = false;
  for (;;) {
    const auto read = netlink.read(
        [&](Bytes datagram) {
          take(datagram);
          done = ends_listing(datagram);
        },
        16);
    if (done) break;
    if (read != io::Netlink::Read::nothing) continue;
    pollfd waiting{netlink.native_handle(), POLLIN, 0};
    ::poll(&waiting, 1, 1000);
  }
  return bench::thread_cpu_seconds() - began;
}

std::string verdict(const std::string& gates, bool met) {
  return "gate: " + gates + (met ? ": met" : ": NOT MET");
}

void prepare(const TwoHosts& hosts) {
  hosts.run_in_server(
      "sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1 "
      "net.netfilter.nf_conntrack_events=1");
}

// What parsing costs beside receiving, each.
double parse_nanoseconds(Bytes listing) {
  constexpr int repeats = 200;
  conntrack::Message message;
  std::size_t parsed = 0;
  std::uint64_t sum = 0;
  const auto began = bench::thread_cpu_seconds();
  for (int i = 0; i < repeats; ++i)
    for (Bytes rest = listing; next_message(rest, message); ++parsed) sum += message.entry.original_counted.bytes;
  benchmark::DoNotOptimize(sum);
  return (bench::thread_cpu_seconds() - began) / static_cast<double>(parsed) * 1e9;
}

void listing_beside_conntrack(benchmark::State& state) {
  if (!TwoHosts::possible()) return state.SkipWithError("needs root and network namespaces");
  const auto most = conntrack::read_kernel_settings().most.value_or(0) * 19 / 20;
  const auto count = std::min(most_connections, static_cast<std::size_t>(most));
  if (count < 10'000) return state.SkipWithError("nf_conntrack_max is too small");
  TwoHosts hosts;
  prepare(hosts);
  hosts.in_server([&] {
    boost::asio::io_context loop;
    Maker(loop.get_executor()).make(count);
    io::Netlink netlink(loop.get_executor(), {.protocol = NETLINK_NETFILTER});
    conntrack::Message message;
    std::size_t listed = 0;
    std::uint64_t sum = 0;
    std::vector<std::byte> kept;
    list(netlink, [&](Bytes part) {
      if (kept.size() < 500'000) kept.insert(kept.end(), part.begin(), part.end());
    });
    std::vector<double> received;
    std::vector<double> parsed;
    std::vector<double> extended;
    std::vector<double> over_floor;
    for (auto _ : state) {
      for (int round = 0; round < rounds; ++round) {
        received.push_back(list(netlink, [](Bytes) {}));
        listed = 0;
        parsed.push_back(list(netlink, [&](Bytes rest) {
          while (next_message(rest, message)) {
            if (message.kind != conntrack::MessageKind::listed) continue;
            ++listed;
            sum += message.entry.original_counted.bytes + message.entry.original.source_port;
          }
        }));
        received.push_back(list(netlink, [](Bytes) {}));
        over_floor.push_back(2 * parsed.back() / (received.back() + received[received.size() - 2]));
        extended.push_back(bench::cpu_of_program({"conntrack", "-L", "-o", "extended"}));
      }
    }
    if (listed != count) return state.SkipWithError("not every connection was listed");
    const auto parse_ns = parse_nanoseconds(kept);
    benchmark::DoNotOptimize(sum);
    const auto floor = bench::median(over_floor);
    const auto ratio = bench::median(extended) / bench::median(parsed);
    state.counters["connections"] = static_cast<double>(count);
    state.counters["ns_per_connection"] = bench::median(parsed) / static_cast<double>(count) * 1e9;
    state.counters["parse_ns"] = parse_ns;
    state.counters["x_receiving"] = floor;
    state.counters["x_conntrack_extended"] = ratio;
    state.SetLabel(verdict("x_receiving <= 1.05, parse_ns <= 50, x_conntrack_extended >= 2.3",
                           floor <= 1.05 && parse_ns <= 50 && ratio >= 2.3));
  });
}

struct Burst {
  std::size_t events = 0;
  std::uint64_t overruns = 0;
  double cpu = 0, seconds = 0;
};

io::Netlink event_socket(boost::asio::io_context& loop) {
  return {loop.get_executor(),
          {.protocol = NETLINK_NETFILTER,
           .groups = NF_NETLINK_CONNTRACK_NEW | NF_NETLINK_CONNTRACK_DESTROY,
           .receive_bytes = event_buffer_bytes}};
}

// Reads ends as the witness does until none came for so long, and `over`.
Burst follow(io::Netlink& netlink, int patience_milliseconds, const std::atomic<bool>& over) {
  using Steady = std::chrono::steady_clock;
  Burst burst;
  conntrack::Message message;
  const auto cpu_began = bench::thread_cpu_seconds();
  const auto began = Steady::now();
  auto last = began;
  for (;;) {
    const auto read = netlink.read(
        [&](Bytes rest) {
          while (next_message(rest, message)) burst.events += message.kind == conntrack::MessageKind::ended ? 1 : 0;
        },
        256);
    if (read == io::Netlink::Read::messages) last = Steady::now();
    if (read != io::Netlink::Read::nothing) continue;
    if (patience_milliseconds == 0) break;
    pollfd waiting{netlink.native_handle(), POLLIN, 0};
    if (::poll(&waiting, 1, patience_milliseconds) == 0 && over) break;
  }
  burst.cpu = bench::thread_cpu_seconds() - cpu_began;
  burst.overruns = netlink.overruns();
  burst.seconds = std::chrono::duration<double>(last - began).count();
  return burst;
}

// All ends at once, which the socket's room holds, then read.
Burst read_waiting_burst() {
  boost::asio::io_context loop;
  Maker maker(loop.get_executor());
  maker.make(waiting_connections);
  auto netlink = event_socket(loop);
  maker.flush();
  return follow(netlink, 0, true);
}

// More ends than the room holds, read while they come.
Burst read_coming_burst(TwoHosts& hosts) {
  boost::asio::io_context loop;
  Maker(loop.get_executor()).make(burst_connections);
  auto netlink = event_socket(loop);
  std::atomic<bool> flushed = false;
  std::thread flusher([&] {
    hosts.in_server([] {
      boost::asio::io_context own;
      Maker(own.get_executor()).flush();
    });
    flushed = true;
  });
  const auto burst = follow(netlink, 200, flushed);
  flusher.join();
  return burst;
}

// Until a program has used no CPU time for 400 ms, at most 10 s.
void wait_until_idle(pid_t program) {
  clockid_t clock{};
  if (::clock_getcpuclockid(program, &clock) != 0) return;
  timespec before{};
  for (int quiet = 0, turn = 0; quiet < 4 && turn < 100; ++turn) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    timespec now{};
    ::clock_gettime(clock, &now);
    quiet = now.tv_sec == before.tv_sec && now.tv_nsec == before.tv_nsec ? quiet + 1 : 0;
    before = now;
  }
}

// `conntrack -E` with as much room on the waiting burst: CPU, and how many it says that it showed.
Burst watch_burst() {
  boost::asio::io_context loop;
  Maker maker(loop.get_executor());
  maker.make(waiting_connections);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    ::dup2(pipe[1], STDERR_FILENO);
    ::execlp("conntrack", "conntrack", "-E", "-e", "NEW,DESTROY", "-b", "16777216", nullptr);
    ::_exit(127);
  }
  ::close(pipe[1]);
  // It has no way to say that it listens, nor that it has caught up.
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  maker.flush();
  wait_until_idle(child);
  ::kill(child, SIGINT);
  std::string told;
  std::array<char, 4096> part{};
  while (const auto size = ::read(pipe[0], part.data(), part.size())) {
    if (size < 0) break;
    told.append(part.data(), static_cast<std::size_t>(size));
  }
  ::close(pipe[0]);
  rusage usage{};
  ::wait4(child, nullptr, 0, &usage);
  Burst burst;
  burst.cpu = bench::seconds_of(usage.ru_utime) + bench::seconds_of(usage.ru_stime);
  constexpr std::string_view before = "(conntrack-tools): ";
  const auto at = told.rfind(before);
  if (at != std::string::npos) burst.events = static_cast<std::size_t>(std::atoll(told.c_str() + at + before.size()));
  return burst;
}

double microseconds_each(const Burst& burst) {
  return burst.cpu / static_cast<double>(std::max<std::size_t>(burst.events, 1)) * 1e6;
}

void events_beside_conntrack(benchmark::State& state) {
  if (!TwoHosts::possible()) return state.SkipWithError("needs root and network namespaces");
  TwoHosts hosts;
  prepare(hosts);
  hosts.in_server([&] {
    std::vector<double> ours;
    std::vector<double> theirs;
    std::vector<double> rates;
    std::size_t unaccounted = 0;
    std::uint64_t overruns = 0;
    std::size_t missed = 0;
    for (auto _ : state) {
      for (int round = 0; round < rounds; ++round) {
        const auto waiting = read_waiting_burst();
        ours.push_back(microseconds_each(waiting));
        rates.push_back(static_cast<double>(waiting.events) / waiting.seconds);
        if (waiting.overruns == 0) unaccounted += waiting_connections - waiting.events;
        const auto coming = read_coming_burst(hosts);
        overruns += waiting.overruns + coming.overruns;
        if (coming.overruns == 0) unaccounted += burst_connections - coming.events;
        const auto tool = watch_burst();
        // Of every event there was: what it missed cost it nothing.
        theirs.push_back(tool.cpu / static_cast<double>(waiting_connections) * 1e6);
        missed += waiting_connections - std::min(waiting_connections, tool.events);
      }
    }
    const auto ratio = bench::median(theirs) / bench::median(ours);
    state.counters["us_per_event"] = bench::median(ours);
    state.counters["events_per_cpu_second"] = 1e6 / bench::median(ours);
    state.counters["events_per_second"] = bench::median(rates);
    state.counters["overruns"] = static_cast<double>(overruns);
    state.counters["unaccounted"] = static_cast<double>(unaccounted);
    state.counters["x_conntrack_E"] = ratio;
    state.counters["conntrack_E_missed"] = static_cast<double>(missed) / rounds;
    const bool met = bench::median(ours) <= 2 && unaccounted == 0 && 1e6 / bench::median(ours) >= 300'000 && ratio >= 2;
    state.SetLabel(
        verdict("us_per_event <= 2, unaccounted = 0, events_per_cpu_second >= 300000, x_conntrack_E >= 2", met));
  });
}

BENCHMARK(listing_beside_conntrack)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(events_beside_conntrack)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
