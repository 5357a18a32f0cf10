// What counting a request costs: the bucket alone, one of a table, and all of a request (address and login), in a task
// as the service asks it. Must hold: a request under 1 us, also while addresses that nobody has seen push others out.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "api/rates/rate_limiter.hpp"

namespace davylamp::bench {
namespace {

constexpr api::Rate ample{6'000'000, 1'000'000};

model::Address address_of(std::uint32_t number) {
  return model::Address::from_v4({static_cast<std::uint8_t>(number >> 24U), static_cast<std::uint8_t>(number >> 16U),
                                  static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number)});
}

void bucket(benchmark::State& state) {
  const base::ManualClock clock;
  api::Bucket one;
  for (auto _ : state) benchmark::DoNotOptimize(one.take(ample, clock.now()));
}
BENCHMARK(bucket);

// `addresses` take turns: beyond 65,536 each one pushes another out.
void table(benchmark::State& state) {
  const base::ManualClock clock;
  api::BucketTable buckets;
  const auto addresses = static_cast<std::uint32_t>(state.range(0));
  std::uint32_t number = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(buckets.take(api::subscriber_key(address_of(number)), ample, clock.now()));
    number = (number + 7'919) % addresses;
  }
  state.counters["buckets"] = static_cast<double>(buckets.size());
}
BENCHMARK(table)->Arg(1)->Arg(10'000)->Arg(1'000'000);

io::Task<void> ask(benchmark::State& state, api::RateLimiter& limiter, std::uint32_t addresses) {
  const std::string login = "5f0c9a3d2b7e4861aa00bb11cc22dd33";
  std::uint32_t number = 0;
  for (auto _ : state) {
    api::RateTicket ticket;
    const bool first = co_await limiter.take_address(ticket, address_of(number), api::RateClass::ordinary);
    const bool second = co_await limiter.take_login(ticket, login, api::RateClass::ordinary);
    benchmark::DoNotOptimize(first && second);
    number = (number + 7'919) % addresses;
  }
}

void request(benchmark::State& state) {
  const base::ManualClock clock;
  api::RateLimiter limiter({ample, ample, ample, ample}, clock);
  boost::asio::io_context loop{1};
  boost::asio::co_spawn(loop, ask(state, limiter, static_cast<std::uint32_t>(state.range(0))), boost::asio::detached);
  loop.run();
}
BENCHMARK(request)->Arg(1)->Arg(10'000)->Arg(1'000'000);

}  // namespace
}  // namespace davylamp::bench
