// What the bus on Redis carries: observations published, read and acknowledged, decoded; beside the ceiling of the same
// Redis in the same run: entries of the same bytes by hiredis alone, pipelined (XADD, XREAD, XTRIM), nothing decoded.
// "raw/bus" is how much faster the ceiling is; the microseconds are this program's CPU, publisher and reader together,
// and say the same on a machine that is busy with other work.
#include <benchmark/benchmark.h>
#include <hiredis/hiredis.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "bus/redis/entry.hpp"
#include "bus/redis/redis_bus.hpp"
#include "bus/redis/testing/redis_server.hpp"

namespace {

using namespace davylamp;
namespace asio = boost::asio;

constexpr std::uint64_t observations = 200'000;
constexpr std::size_t at_once = 16;  // of the reference: commands before their answers are read

model::Observation seen(std::uint64_t sequence) {
  const model::Counters counters{sequence * 1'234, sequence * 7'654};
  return {{"edge-1", "openvpn", "udp"},
          1'795'300'000'000,
          sequence,
          base::from_unix_seconds(1'795'300'000),
          model::PeerSeen{"7/" + std::to_string(1'000'000 + sequence % 5'000), counters, 0, {}}};
}

// As the bus makes them: 256 KiB each.
std::vector<std::string> entries() {
  std::vector<std::string> all;
  redis::ObservationText text;
  for (std::uint64_t i = 1; i <= observations; ++i) {
    text.add(seen(i));
    if (text.size() >= std::size_t{256} * 1024 || i == observations) {
      all.push_back(text.take());
      text = {};
    }
  }
  return all;
}

class Raw {
 public:
  explicit Raw(const std::string& socket) : context_(redisConnectUnix(socket.c_str())) {
    if (context_ == nullptr || context_->err != 0) throw std::runtime_error("cannot reach Redis");
  }
  ~Raw() { redisFree(context_); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  void send(const std::vector<std::string>& words) {
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
      starts.push_back(word.data());
      sizes.push_back(word.size());
    }
    redisAppendCommandArgv(context_, static_cast<int>(words.size()), starts.data(), sizes.data());
  }
  std::size_t receive() {
    void* reply = nullptr;
    if (redisGetReply(context_, &reply) != REDIS_OK) throw std::runtime_error("Redis went away");
    const auto* const streams = static_cast<redisReply*>(reply);
    const auto count = streams->elements == 0 ? 0 : streams->element[0]->element[1]->elements;
    freeReplyObject(reply);
    return count;
  }

 private:
  redisContext* context_;
};

struct Spent {
  double seconds = 0;
  double cpu_seconds = 0;  // of all threads of this program
  void operator+=(const Spent& other) {
    seconds += other.seconds;
    cpu_seconds += other.cpu_seconds;
  }
};

Spent spent_by(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  const auto cpu_began = std::clock();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(),
          static_cast<double>(std::clock() - cpu_began) / CLOCKS_PER_SEC};
}

void carry_raw(const std::string& socket, const std::vector<std::string>& payloads) {
  std::thread writer([&] {
    Raw raw(socket);
    std::size_t sent = 0;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      raw.send({"XADD", "raw", std::to_string(i + 1) + "-1", "d", payloads[i]});
      // What is not received was perhaps never sent.
      if (++sent == at_once || i + 1 == payloads.size()) {
        for (; sent != 0; --sent) raw.receive();
      }
    }
  });
  Raw raw(socket);
  for (std::size_t read = 0; read < payloads.size();) {
    raw.send({"XREAD", "COUNT", "64", "BLOCK", "100", "STREAMS", "raw", std::to_string(read) + "-1"});
    read += raw.receive();
    raw.send({"XTRIM", "raw", "MINID", "=", std::to_string(read) + "-2"});
    raw.receive();
  }
  writer.join();
  raw.send({"DEL", "raw"});
  raw.receive();
}

void carry(contract::Bus& from, contract::Bus& to) {
  asio::io_context loop{1};
  auto reader = to.observations(loop.get_executor());
  std::thread publisher([&] {
    for (std::uint64_t i = 1; i <= observations; ++i) from.publish(seen(i));
  });
  while (reader->given() < observations) {
    auto batch = asio::co_spawn(loop, reader->next(4'096), asio::use_future);
    loop.restart();
    loop.run();
    batch.get();
    reader->acknowledge(reader->given());
  }
  publisher.join();
}

void through_redis(benchmark::State& state) {
  const redis::testing::RedisServer server;
  const auto payloads = entries();
  Spent bus;
  Spent raw;
  int number = 0;
  for (auto _ : state) {
    auto options = server.options();
    options.prefix = "bench" + std::to_string(++number);
    options.sending.observations = {.most = observations * 2, .tidy_from = observations * 2};
    const auto from = redis::open(options);
    const auto to = redis::open(options);
    const auto spent = spent_by([&] { carry(*from, *to); });
    state.SetIterationTime(spent.seconds);
    bus += spent;
    raw += spent_by([&] { carry_raw(server.socket(), payloads); });
  }
  const auto carried = static_cast<double>(observations) * static_cast<double>(state.iterations());
  state.counters["observations/s"] = carried / bus.seconds;
  state.counters["raw/s"] = carried / raw.seconds;
  state.counters["raw/bus"] = bus.seconds / raw.seconds;
  state.counters["cpu_us/observation"] = bus.cpu_seconds / carried * 1e6;
  state.counters["raw_cpu_us/observation"] = raw.cpu_seconds / carried * 1e6;
  state.counters["bytes/observation"] = [&] {
    double bytes = 0;
    for (const auto& payload : payloads) bytes += static_cast<double>(payload.size());
    return bytes / static_cast<double>(observations);
  }();
}
BENCHMARK(through_redis)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
