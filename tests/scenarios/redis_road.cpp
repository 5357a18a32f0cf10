#include <atomic>

#include "bus/redis/redis_bus.hpp"
#include "bus/redis/testing/redis_server.hpp"
#include "pump.hpp"
#include "road.hpp"

namespace davylamp::scenarios {
namespace {

constexpr std::size_t most = 1'000;

// One for all roads of this program; each has a prefix of its own.
redis::testing::RedisServer& server() {
  static redis::testing::RedisServer shared;
  return shared;
}

redis::Options options(std::uint32_t shards) {
  static std::atomic<int> roads = 0;
  auto options = server().options();
  options.prefix = "road" + std::to_string(++roads);
  options.shards = shards;
  return options;
}

// The collectors and the worker have a bus each, as they are processes of their own.
class RedisRoad : public Road {
 public:
  explicit RedisRoad(std::uint32_t shards) : options_(options(shards)) { crash(); }
  void publish(const model::Observation& observation) override { collectors_->publish(observation); }
  std::vector<model::Observation> read(std::uint32_t shard) override {
    return pump_.result(readers_.at(shard)->next(most), "an observation in Redis");
  }
  void stored(std::uint32_t shard, const std::vector<model::Cursor>& /*cursors*/) override {
    readers_.at(shard)->acknowledge(readers_.at(shard)->given());
  }
  void crash() override {
    readers_.clear();
    worker_ = redis::open(options_);
    for (std::uint32_t shard = 0; shard < options_.shards; ++shard)
      readers_.push_back(worker_->observations(pump_.executor(), shard));
  }
  std::uint32_t shards() const override { return options_.shards; }

 private:
  redis::Options options_;
  Pump pump_;
  std::unique_ptr<contract::Bus> collectors_ = redis::open(options_);
  std::unique_ptr<contract::Bus> worker_;
  std::vector<std::unique_ptr<contract::ObservationReader>> readers_;
};

}  // namespace

std::unique_ptr<Road> redis_road() {
  return std::make_unique<RedisRoad>(1);
}

std::unique_ptr<Road> divided_redis_road() {
  return std::make_unique<RedisRoad>(8);
}

}  // namespace davylamp::scenarios
