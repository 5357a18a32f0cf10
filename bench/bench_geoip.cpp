// Places per second, next to what libmaxminddb alone needs for the lookup, and the gate of 2,000,000 per second of CPU
// with all fields read. Needs real files: DAVYLAMP_GEOIP_CITY=PATH, and for the network DAVYLAMP_GEOIP_ASN=PATH.
#include <benchmark/benchmark.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "enrich/geoip/enricher.hpp"

namespace {

using davylamp::geoip::Enricher;
using davylamp::model::Address;
using davylamp::model::AddressKind;

std::vector<Address> public_addresses() {
  std::mt19937 random(42);
  std::vector<Address> all;
  while (all.size() < 65'536) {
    const auto bits = random();
    const auto address =
        Address::from_v4({static_cast<std::uint8_t>(bits >> 24U), static_cast<std::uint8_t>(bits >> 16U),
                          static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits)});
    if (address.kind() == AddressKind::public_) all.push_back(address);
  }
  return all;
}

const char* city_file(benchmark::State& state) {
  const char* path = std::getenv("DAVYLAMP_GEOIP_CITY");
  if (path == nullptr) state.SkipWithError("set DAVYLAMP_GEOIP_CITY to an MMDB city file that knows IPv4");
  return path;
}

void geoip_place(benchmark::State& state) {
  const char* path = city_file(state);
  if (path == nullptr) return;
  const Enricher enricher({{path}, {}, {}});
  if (!enricher.problems().empty()) return state.SkipWithError(enricher.problems().front().c_str());
  const auto addresses = public_addresses();
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(enricher.place(addresses[next++ % addresses.size()]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(geoip_place);

void geoip_raw_lookup(benchmark::State& state) {
  const char* path = city_file(state);
  if (path == nullptr) return;
  MMDB_s mmdb{};
  if (MMDB_open(path, MMDB_MODE_MMAP, &mmdb) != MMDB_SUCCESS) return state.SkipWithError("cannot open the file");
  const auto addresses = public_addresses();
  std::size_t next = 0;
  for (auto _ : state) {
    sockaddr_in socket_address{};
    socket_address.sin_family = AF_INET;
    std::memcpy(&socket_address.sin_addr, addresses[next++ % addresses.size()].bytes().data(), 4);
    int status = MMDB_SUCCESS;
    benchmark::DoNotOptimize(MMDB_lookup_sockaddr(&mmdb, reinterpret_cast<const sockaddr*>(&socket_address), &status));
  }
  state.SetItemsProcessed(state.iterations());
  MMDB_close(&mmdb);
}
BENCHMARK(geoip_raw_lookup);

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Interleaved, because other programs share the caches.
void geoip_gate(benchmark::State& state) {
  const char* path = city_file(state);
  if (path == nullptr) return;
  const char* network = std::getenv("DAVYLAMP_GEOIP_ASN");
  const Enricher enricher(
      {{path}, {}, network == nullptr ? std::vector<std::string>{} : std::vector<std::string>{network}});
  MMDB_s mmdb{};
  if (MMDB_open(path, MMDB_MODE_MMAP, &mmdb) != MMDB_SUCCESS) return state.SkipWithError("cannot open the file");
  const auto addresses = public_addresses();
  std::vector<double> ours;
  std::vector<double> plain;
  for (auto _ : state) {
    for (int round = 0; round < 7; ++round) {
      const auto begin = cpu_seconds();
      for (const auto& address : addresses) benchmark::DoNotOptimize(enricher.place(address));
      const auto middle = cpu_seconds();
      for (const auto& address : addresses) {
        sockaddr_in socket_address{};
        socket_address.sin_family = AF_INET;
        std::memcpy(&socket_address.sin_addr, address.bytes().data(), 4);
        int status = MMDB_SUCCESS;
        benchmark::DoNotOptimize(
            MMDB_lookup_sockaddr(&mmdb, reinterpret_cast<const sockaddr*>(&socket_address), &status));
      }
      ours.push_back(static_cast<double>(addresses.size()) / (middle - begin));
      plain.push_back(static_cast<double>(addresses.size()) / (cpu_seconds() - middle));
    }
  }
  MMDB_close(&mmdb);
  for (auto* rates : {&ours, &plain}) std::ranges::sort(*rates);
  const auto rate = ours[ours.size() / 2];
  state.counters["places_per_second"] = rate;
  state.counters["lookups_alone_per_second"] = plain[plain.size() / 2];
  state.SetLabel(rate >= 2e6 ? "gate 2,000,000/s: met" : "gate 2,000,000/s: missed");
}
BENCHMARK(geoip_gate)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
