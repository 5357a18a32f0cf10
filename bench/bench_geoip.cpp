// Places per second, next to what libmaxminddb alone needs for the lookup, and the gate of 2,000,000 per second of CPU
// with all fields read. The gate's addresses are random and never the same twice; "visitors" are 10,000 addresses of
// which few come often (Zipf). Needs real files: DAVYLAMP_GEOIP_CITY=PATH, and for the network DAVYLAMP_GEOIP_ASN=PATH.
#include <benchmark/benchmark.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "enrich/geoip/enricher.hpp"

namespace {

using davylamp::geoip::Enricher;
using davylamp::model::Address;
using davylamp::model::AddressKind;

constexpr std::size_t addresses_per_round = 65'536;
constexpr int rounds_before = 6;  // a steady load is measured, not its beginning
constexpr int rounds = 15;

std::vector<Address> public_addresses(std::mt19937& random) {
  std::vector<Address> all;
  while (all.size() < addresses_per_round) {
    const auto bits = random();
    const auto address =
        Address::from_v4({static_cast<std::uint8_t>(bits >> 24U), static_cast<std::uint8_t>(bits >> 16U),
                          static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits)});
    if (address.kind() == AddressKind::public_) all.push_back(address);
  }
  return all;
}

std::vector<Address> visitors(std::mt19937& random) {
  auto known = public_addresses(random);
  known.resize(10'000);
  std::vector<double> weights;
  while (weights.size() < known.size()) weights.push_back(1.0 / static_cast<double>(weights.size() + 1));
  std::discrete_distribution<std::size_t> which(weights.begin(), weights.end());
  std::vector<Address> all;
  while (all.size() < addresses_per_round) all.push_back(known[which(random)]);
  return all;
}

const char* city_file(benchmark::State& state) {
  const char* path = std::getenv("DAVYLAMP_GEOIP_CITY");
  if (path == nullptr) state.SkipWithError("set DAVYLAMP_GEOIP_CITY to an MMDB city file that knows IPv4");
  return path;
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Plain {
 public:
  explicit Plain(const char* path) : usable_(MMDB_open(path, MMDB_MODE_MMAP, &mmdb_) == MMDB_SUCCESS) {}
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;
  ~Plain() {
    if (usable_) MMDB_close(&mmdb_);
  }
  bool usable() const { return usable_; }
  void look_up(const Address& address) const {
    sockaddr_in socket_address{};
    socket_address.sin_family = AF_INET;
    std::memcpy(&socket_address.sin_addr, address.bytes().data(), 4);
    int status = MMDB_SUCCESS;
    benchmark::DoNotOptimize(MMDB_lookup_sockaddr(&mmdb_, reinterpret_cast<const sockaddr*>(&socket_address), &status));
  }

 private:
  MMDB_s mmdb_{};
  bool usable_;
};

template <class Each>
double rate_of(const std::vector<Address>& addresses, Each each) {
  const auto begin = cpu_seconds();
  for (const auto& address : addresses) each(address);
  return static_cast<double>(addresses.size()) / (cpu_seconds() - begin);
}

double median(std::vector<double>& rates) {
  std::ranges::sort(rates);
  return rates[rates.size() / 2];
}

// Interleaved, because other programs share the caches; each round's addresses are new to both.
void geoip_gate(benchmark::State& state, std::vector<Address> (*addresses)(std::mt19937&)) {
  const char* path = city_file(state);
  if (path == nullptr) return;
  const char* network = std::getenv("DAVYLAMP_GEOIP_ASN");
  const Enricher enricher(
      {{path}, {}, network == nullptr ? std::vector<std::string>{} : std::vector<std::string>{network}});
  const Plain plain(path);
  if (!enricher.problems().empty() || !plain.usable()) return state.SkipWithError("cannot open the files");
  std::mt19937 random(42);
  const auto place = [&](const Address& address) { benchmark::DoNotOptimize(enricher.place(address)); };
  const auto look_up = [&](const Address& address) { plain.look_up(address); };
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  for (auto _ : state) {
    for (int round = -rounds_before; round < rounds; ++round) {
      const auto a = rate_of(addresses(random), place);
      const auto b = rate_of(addresses(random), look_up);
      if (round < 0) continue;
      ours.push_back(a);
      theirs.push_back(b);
      ratios.push_back(a / b);
    }
  }
  const auto rate = median(ours);
  state.counters["places_per_second"] = rate;
  state.counters["best_round"] = ours.back();
  state.counters["lookups_alone_per_second"] = median(theirs);
  state.counters["to_lookup_alone"] = median(ratios);
  const std::string fields = network == nullptr ? "country, city, point" : "country, city, point, network";
  const std::string slow = theirs.back() < 2e6 ? " (the library's lookup alone is slower than the gate here)" : "";
  state.SetLabel(fields + "; gate 2,000,000/s: " + (rate >= 2e6 ? "met" : "missed") + slow);
}
BENCHMARK_CAPTURE(geoip_gate, random, public_addresses)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(geoip_gate, visitors, visitors)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
