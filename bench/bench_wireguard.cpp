// A look at 10,000 peers of a real wireguard-go, beside `wg show dump` at the same interface in the same run: the CPU
// of who asks, medians of interleaved rounds. Needs root, wireguard-go and wg; without them it says so.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "sources/wireguard/device_reader.hpp"
#include "sources/wireguard/session_book.hpp"
#include "sources/wireguard/testing/wireguard_pair.hpp"
#include "sources/wireguard/uapi_decoder.hpp"

namespace {

using namespace davylamp;
using wireguard::Device;
using wireguard::Key;

constexpr unsigned peers = 10'000;
constexpr unsigned rounds = 9;
constexpr double most_parse_microseconds = 0.5;
constexpr double least_ratio = 3.0;

Key key_of(unsigned number) {
  Key key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(number * (2 * i + 7) + i);
  key.bytes[0] = static_cast<std::uint8_t>(number);
  key.bytes[1] = static_cast<std::uint8_t>(number >> 8U);
  key.bytes[31] &= 0x7F;
  return key;
}

std::string hex(const Key& key) {
  std::string text;
  for (const auto byte : key.bytes) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 0xFU];
  }
  return text;
}

double seconds(const rusage& usage) {
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double own_cpu() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// What `wg` takes, its start included: nobody has its answer without it.
double wg_cpu(const std::string& interface) {
  const auto child = ::fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stdout) != nullptr)
      ::execl("/usr/bin/wg", "wg", "show", interface.c_str(), "dump", nullptr);
    ::_exit(1);
  }
  rusage usage{};
  int status = 0;
  ::wait4(child, &status, 0, &usage);
  return seconds(usage);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

boost::asio::awaitable<void> look(const wireguard::DeviceReader& reader, Device& device) {
  co_await reader.read(device);
}

void ask(const wireguard::DeviceReader& reader, Device& device) {
  boost::asio::io_context context;
  boost::asio::co_spawn(context, look(reader, device), boost::asio::detached);
  context.run();
}

std::string answer_text() {
  std::string text = "private_key=" + std::string(64, '5') + "\nlisten_port=51820\n";
  for (unsigned i = 0; i < peers; ++i) {
    const auto last = std::to_string(i >> 8U) + "." + std::to_string(i & 0xFFU);
    text += "public_key=" + hex(key_of(i)) + "\npreshared_key=" + std::string(64, '0') +
            "\nprotocol_version=1\nendpoint=198.51." + last + ":40000\nlast_handshake_time_sec=1795233871\n" +
            "last_handshake_time_nsec=123456789\ntx_bytes=123456789\nrx_bytes=987654321\n" +
            "persistent_keepalive_interval=25\nallowed_ip=10.66." + last + "/32\n";
  }
  return text + "errno=0\n\n";
}

void judge(const char* what, double figure, double gate, bool at_most) {
  const bool met = at_most ? figure <= gate : figure >= gate;
  std::printf("%s: %.3f (gate: %s %.2f) %s\n", what, figure, at_most ? "at most" : "at least", gate,
              met ? "met" : "NOT MET");
}

void parse_uapi(benchmark::State& state) {
  const auto text = answer_text();
  Device device;
  std::vector<double> each;
  for (auto _ : state) {
    const auto before = own_cpu();
    device.clear();
    wireguard::UapiDecoder decoder(device);
    benchmark::DoNotOptimize(decoder.take(text));
    each.push_back(own_cpu() - before);
  }
  if (device.peers.size() != peers || device.problems != 0) return state.SkipWithError("the answer is not understood");
  const auto microseconds = median(each) * 1e6 / peers;
  state.counters["us_per_peer"] = microseconds;
  judge("WireGuard UAPI parse, us per peer", microseconds, most_parse_microseconds, true);
}
BENCHMARK(parse_uapi)->Unit(benchmark::kMillisecond)->Iterations(300);

// One look's thinking: half of the peers moved.
void think(benchmark::State& state) {
  const auto text = answer_text();
  Device device;
  wireguard::UapiDecoder decoder(device);
  decoder.take(text);
  wireguard::SessionBook book;
  auto now = base::from_unix_seconds(1'795'233'880);
  book.begin_epoch("1-1", now, now);
  for (auto _ : state) {
    now += base::Seconds{2};
    for (auto& peer : device.peers) {
      peer.handshake_ns = now.time_since_epoch().count() * 1'000'000;
      peer.rx_bytes += peer.public_key.bytes[2] & 1U ? 1000 : 0;
    }
    book.look(device, now, false);
    benchmark::DoNotOptimize(book.take_said());
  }
  state.counters["us_per_peer"] =
      benchmark::Counter(peers * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(think)->Unit(benchmark::kMillisecond);

void look_beside_wg(benchmark::State& state) {
  using wireguard::testing::WireguardPair;
  if (!WireguardPair::possible()) return state.SkipWithError("needs root, wireguard-go, wg and /dev/net/tun");
  WireguardPair pair;
  std::string config = "[Interface]\n";
  for (unsigned i = 0; i < peers; ++i) {
    config += "[Peer]\nPublicKey = " + key_of(i).to_base64() + "\nAllowedIPs = 10.67." + std::to_string(i >> 8U) + "." +
              std::to_string(i & 0xFFU) + "/32\n";
  }
  pair.configure_server(config);
  const wireguard::DeviceReader reader({.interface = pair.interface(), .socket = {}});
  Device device;
  ask(reader, device);
  std::vector<double> ours;
  std::vector<double> theirs;
  for (auto _ : state) {
    for (unsigned round = 0; round < rounds; ++round) {
      const auto before = own_cpu();
      ask(reader, device);
      ours.push_back(own_cpu() - before);
      theirs.push_back(wg_cpu(pair.interface()));
    }
  }
  if (device.peers.size() < peers) return state.SkipWithError("wireguard-go does not have all peers");
  std::printf("a look at %zu peers: %.2f ms of CPU; wg show dump: %.2f ms\n", device.peers.size(), median(ours) * 1e3,
              median(theirs) * 1e3);
  state.counters["look_us_per_peer"] = median(ours) * 1e6 / peers;
  judge("WireGuard look, us of CPU per peer with the socket", median(ours) * 1e6 / peers, most_parse_microseconds,
        true);
  judge("wg show dump costs as many times a look", median(theirs) / median(ours), least_ratio, false);
}
BENCHMARK(look_beside_wg)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
