// The program in the kernel and its table, each beside what else could do it, in one run on the same kernel: CPU time,
// medians of interleaved rounds. Needs root; everything happens in two network namespaces of its own.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <bpf/bpf.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "io/testing/two_hosts.hpp"
#include "packet_blaster.hpp"
#include "standard_tool.hpp"
#include "witness/ebpf/attachments.hpp"
#include "witness/ebpf/flow_scan.hpp"
#include "witness/ebpf/kernel_program.hpp"

namespace {

using namespace davylamp;
using ebpf::KernelProgram;
using io::testing::TwoHosts;

constexpr std::uint16_t port = 1194;

double median(std::vector<double> all) {
  std::ranges::sort(all);
  return all[all.size() / 2];
}

double cpu_of(const std::function<void()>& work) {
  const double before = bench::thread_cpu_seconds();
  work();
  return bench::thread_cpu_seconds() - before;
}

void judge(benchmark::State& state, const std::string& gate, bool met) {
  state.SetLabel((state.error_occurred() ? "" : "gate: " + gate + (met ? ": met" : ": NOT MET")));
}

bool possible(benchmark::State& state) {
  if (!TwoHosts::possible()) {
    state.SkipWithError("needs root and network namespaces");
    return false;
  }
  try {
    const KernelProgram program(1024);
  } catch (const base::Failure& refused) {
    state.SkipWithError(refused.error().message.c_str());
    return false;
  }
  return true;
}

class PlainHash {
 public:
  struct Value {
    std::array<std::uint64_t, 6> words;
  };
  explicit PlainHash(std::uint32_t entries)
      : entries_(entries),
        map_(::bpf_map_create(BPF_MAP_TYPE_HASH, "plain", sizeof(ebpf::FlowKey), sizeof(Value), entries, nullptr)),
        keys_(entries),
        values_(entries) {
    ebpf::FlowKey key{};
    const Value value{};
    for (std::uint32_t i = 0; i < entries; ++i) {
      std::memcpy(key.address, &i, sizeof i);
      ::bpf_map_update_elem(map_, &key, &value, BPF_ANY);
    }
  }
  ~PlainHash() { ::close(map_); }
  PlainHash(const PlainHash&) = delete;
  PlainHash& operator=(const PlainHash&) = delete;
  std::uint32_t read_in_batches() {
    std::uint32_t got = 0;
    std::uint32_t cursor = 0;
    bool first = true;
    for (int result = 0; result == 0; first = false) {
      std::uint32_t count = std::min<std::uint32_t>(4096, entries_ - got);
      if (count == 0) break;
      result =
          ::bpf_map_lookup_batch(map_, first ? nullptr : &cursor, &cursor, &keys_[got], &values_[got], &count, nullptr);
      got += count;
    }
    return got;
  }

 private:
  std::uint32_t entries_;
  int map_;
  std::vector<ebpf::FlowKey> keys_;
  std::vector<Value> values_;
};

void scan_of_100000_peers(benchmark::State& state) {
  if (!possible(state)) return;
  constexpr std::uint32_t peers = 100'000;
  constexpr std::uint64_t now = 1'000'000'000;
  KernelProgram program(peers);
  const auto counts = program.counts();
  for (auto& count : counts) {
    count.live = 1;
    count.rx_packets = 1;
    count.rx_seen = now;
  }
  ebpf::FlowScan scan(counts, program.paths(), program, {});
  while (scan.look(now).moved.empty()) continue;
  while (!scan.look(now).moved.empty()) continue;
  PlainHash plain(peers);
  std::vector<double> ours;
  std::vector<double> moving;
  std::vector<double> batches;
  for (auto _ : state) {
    for (int round = 0; round < 21; ++round) {
      ours.push_back(cpu_of([&] { benchmark::DoNotOptimize(scan.look(now).moved.size()); }));
      batches.push_back(cpu_of([&] { benchmark::DoNotOptimize(plain.read_in_batches()); }));
      for (auto& count : counts) ++count.rx_packets;
      moving.push_back(cpu_of([&] { benchmark::DoNotOptimize(scan.look(now).moved.size()); }));
    }
  }
  const double took = median(ours);
  const double ratio = median(batches) / took;
  state.counters["ms"] = took * 1e3;
  state.counters["ns_per_peer"] = took * 1e9 / peers;
  state.counters["all_moving_ns_per_peer"] = median(moving) * 1e9 / peers;
  state.counters["batch_lookup_ms"] = median(batches) * 1e3;
  state.counters["times_batch_lookup"] = ratio;
  judge(state, "<= 0.5 ms, >= 20x batch lookup", took <= 0.5e-3 && ratio >= 20);
}

class Packets {
 public:
  explicit Packets(std::uint32_t flows) : flows_(flows) {
    service_ = hosts_.in_server([] {
      const int made = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      const int little = 4096;
      ::setsockopt(made, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
      sockaddr_in own{};
      own.sin_family = AF_INET;
      own.sin_port = htons(port);
      ::bind(made, reinterpret_cast<const sockaddr*>(&own), sizeof own);
      return made;
    });
  }
  ~Packets() { ::close(service_); }
  Packets(const Packets&) = delete;
  Packets& operator=(const Packets&) = delete;
  TwoHosts& hosts() { return hosts_; }
  // CPU nanoseconds of one packet: sending, the veth pair, what looks at it, the socket. All in the sender's thread,
  // on one processor.
  double cost(bool numbered = false) {
    double took = 0;
    std::thread([&] {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(1 % ::sysconf(_SC_NPROCESSORS_ONLN), &one);
      ::sched_setaffinity(0, sizeof one, &one);
      hosts_.in_client([&] {
        PacketBlaster blaster(flows_, port, numbered);
        blaster.send(std::max<std::uint32_t>(flows_, 20'000));
        took = cpu_of([&] { blaster.send(packets); });
      });
    }).join();
    return took * 1e9 / packets;
  }

 private:
  static constexpr std::uint32_t packets = 64'000;
  TwoHosts hosts_;
  std::uint32_t flows_;
  int service_ = -1;
};

void packet_cost(benchmark::State& state) {
  if (!possible(state)) return;
  const auto flows = static_cast<std::uint32_t>(state.range(0));
  Packets packets(flows);
  auto& hosts = packets.hosts();
  KernelProgram program(262'144);
  while (program.offer_slots(262'144)) continue;
  program.watch({{port}, {}, {}});
  const auto counted = [&](bool numbered) {
    return hosts.in_server([&] {
      ebpf::Attachments attachments(ebpf::best_attach_mode(program));
      attachments.attach(static_cast<int>(::if_nametoindex("s0")), program.uplink());
      return packets.cost(numbered);
    });
  };
  const auto tracked = [&] {
    hosts.run_in_server("sysctl -qw net.netfilter.nf_conntrack_acct=1");
    hosts.run_in_server(
        "printf 'table inet b {\\n chain c {\\n type filter hook input priority 0;\\n ct state new counter\\n "
        "}\\n}\\n' "
        "| nft -f -");
    const double took = packets.cost();
    hosts.run_in_server("nft delete table inet b; conntrack -F 2>/dev/null");
    return took;
  };
  // What each adds to the packet that went before it: a machine that is busy otherwise disturbs both.
  std::map<std::string, std::vector<double>> all;
  for (auto _ : state) {
    for (int round = 0; round < 21; ++round) {
      const double bare = packets.cost();
      all["nothing"].push_back(bare);
      all["ebpf"].push_back(counted(false) - bare);
      all["conntrack"].push_back(tracked() - bare);
      all["ebpf_numbered"].push_back(counted(true) - bare);
    }
  }
  const double nothing = median(all["nothing"]);
  const double ours = median(all["ebpf"]);
  const double theirs = median(all["conntrack"]);
  state.counters["nothing_ns"] = nothing;
  state.counters["ebpf_adds_ns"] = ours;
  state.counters["ebpf_openvpn_numbers_adds_ns"] = median(all["ebpf_numbered"]);
  state.counters["conntrack_adds_ns"] = theirs;
  state.counters["of_conntrack"] = ours / theirs;
  judge(state, "<= 0.5x conntrack's added cost", ours <= 0.5 * theirs);
}

std::array<char, 142> frame_of(bool numbered) {
  std::array<char, 142> frame{};
  frame[12] = 8;  // IPv4
  iphdr ip{};
  ip.version = 4;
  ip.ihl = 5;
  ip.protocol = IPPROTO_UDP;
  ip.tot_len = htons(frame.size() - 14);
  ip.saddr = htonl(0x0A620001U);
  udphdr udp{};
  udp.source = htons(20'000);
  udp.dest = htons(port);
  std::memcpy(frame.data() + 14, &ip, sizeof ip);
  std::memcpy(frame.data() + 34, &udp, sizeof udp);
  if (numbered) frame[42] = 0x48;
  return frame;
}

double hot_cost(int program, bool numbered) {
  auto frame = frame_of(numbered);
  bpf_test_run_opts options{};
  options.sz = sizeof options;
  options.data_in = frame.data();
  options.data_size_in = frame.size();
  options.repeat = 1'000'000;
  return ::bpf_prog_test_run_opts(program, &options) == 0 ? options.duration : -1;
}

// The program alone, everything in the cache.
void program_alone(benchmark::State& state) {
  if (!possible(state)) return;
  KernelProgram program(1024);
  program.offer_slots(1024);
  program.watch({{port}, {}, {}});
  std::vector<double> plain;
  std::vector<double> numbered;
  for (auto _ : state) {
    for (int round = 0; round < 9; ++round) {
      plain.push_back(hot_cost(program.uplink().incoming, false));
      numbered.push_back(hot_cost(program.uplink().incoming, true));
    }
  }
  state.counters["ns"] = median(plain);
  state.counters["openvpn_numbers_ns"] = median(numbered);
}

// A handshake inside a tunnel: SYN-ACK out, or the ACK in that answers it.
std::array<char, 54> handshake_frame(std::uint16_t client_port, bool outgoing) {
  std::array<char, 54> frame{};
  frame[12] = 8;  // IPv4
  iphdr ip{};
  ip.version = 4;
  ip.ihl = 5;
  ip.protocol = IPPROTO_TCP;
  ip.tot_len = htons(40);
  ip.saddr = htonl(outgoing ? 0x0A420001U : 0x0A420002U);
  ip.daddr = htonl(outgoing ? 0x0A420002U : 0x0A420001U);
  tcphdr tcp{};
  tcp.source = htons(outgoing ? 443 : client_port);
  tcp.dest = htons(outgoing ? client_port : 443);
  tcp.doff = 5;
  tcp.syn = outgoing ? 1 : 0;
  tcp.ack = 1;
  std::memcpy(frame.data() + 14, &ip, sizeof ip);
  std::memcpy(frame.data() + 34, &tcp, sizeof tcp);
  return frame;
}

double once(int program, std::uint16_t client_port, bool outgoing) {
  auto frame = handshake_frame(client_port, outgoing);
  bpf_test_run_opts options{};
  options.sz = sizeof options;
  options.data_in = frame.data();
  options.data_size_in = frame.size();
  options.repeat = 1;
  return ::bpf_prog_test_run_opts(program, &options) == 0 ? options.duration : -1;
}

// What a measured handshake costs more than an ACK that answers nothing (the event and the entry's end), and to read
// it.
void ring_of_inner_handshakes(benchmark::State& state) {
  if (!possible(state)) return;
  KernelProgram program(1024);
  constexpr int events = 8'000;
  std::vector<double> written;
  std::vector<double> read;
  int got = 0;
  for (auto _ : state) {
    for (int round = 0; round < 7; ++round) {
      std::vector<double> with;
      std::vector<double> without;
      for (int i = 0; i < events; ++i) {
        once(program.inner().outgoing, static_cast<std::uint16_t>(1024 + i), true);
        with.push_back(once(program.inner().incoming, static_cast<std::uint16_t>(1024 + i), false));
        for (int sent = 0; sent < 2; ++sent) once(program.inner().outgoing, static_cast<std::uint16_t>(1024 + i), true);
        without.push_back(once(program.inner().incoming, static_cast<std::uint16_t>(1024 + i), false));
      }
      written.push_back(median(with) - median(without));
      read.push_back(cpu_of([&] { program.take_handshakes([&](const ebpf::InnerHandshake&) { ++got; }); }) / events);
    }
  }
  if (got != 7 * events) return state.SkipWithError("events were lost");
  const double both = median(written) + median(read) * 1e9;
  state.counters["written_ns"] = median(written);
  state.counters["read_ns"] = median(read) * 1e9;
  judge(state, "<= 150 ns an event", both <= 150);
}

BENCHMARK(scan_of_100000_peers)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(packet_cost)->Arg(1'000)->Arg(100'000)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(ring_of_inner_handshakes)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(program_alone)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
