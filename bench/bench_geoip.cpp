// Places per second, next to what libmaxminddb alone needs for the lookup. Needs a real file: DAVYLAMP_GEOIP_CITY=PATH.
#include <benchmark/benchmark.h>
#include <maxminddb.h>
#include <netinet/in.h>

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

}  // namespace
