// What the bus on Redis carries: observations published, read and acknowledged, decoded; beside the ceiling of the same
// Redis in the same run: entries of the same bytes by hiredis alone, pipelined (XADD, XREAD, XTRIM), nothing decoded.
#include <benchmark/benchmark.h>
#include <hiredis/hiredis.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
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

double raw_seconds(const std::string& socket, const std::vector<std::string>& payloads) {
  const auto began = std::chrono::steady_clock::now();
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
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

double bus_seconds(const redis::Options& options) {
  const auto publishing = redis::open(options);
  const auto reading = redis::open(options);
  asio::io_context loop{1};
  auto reader = reading->observations(loop.get_executor());
  const auto began = std::chrono::steady_clock::now();
  std::thread publisher([&] {
    for (std::uint64_t i = 1; i <= observations; ++i) publishing->publish(seen(i));
  });
  while (reader->given() < observations) {
    auto batch = asio::co_spawn(loop, reader->next(4'096), asio::use_future);
    loop.restart();
    loop.run();
    batch.get();
    reader->acknowledge(reader->given());
  }
  publisher.join();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void through_redis(benchmark::State& state) {
  const redis::testing::RedisServer server;
  const auto payloads = entries();
  double bus = 0;
  double raw = 0;
  int number = 0;
  for (auto _ : state) {
    auto options = server.options();
    options.prefix = "bench" + std::to_string(++number);
    options.sending.observations = {.most = observations * 2, .tidy_from = observations * 2};
    const auto seconds = bus_seconds(options);
    state.SetIterationTime(seconds);
    bus += seconds;
    raw += raw_seconds(server.socket(), payloads);
  }
  const auto carried = static_cast<double>(observations) * static_cast<double>(state.iterations());
  state.counters["observations/s"] = carried / bus;
  state.counters["raw/s"] = carried / raw;
  state.counters["raw/bus"] = bus / raw;
  state.counters["bytes/observation"] = [&] {
    double bytes = 0;
    for (const auto& payload : payloads) bytes += static_cast<double>(payload.size());
    return bytes / static_cast<double>(observations);
  }();
}
BENCHMARK(through_redis)->UseManualTime()->Iterations(5)->Unit(benchmark::kMillisecond);

}  // namespace
