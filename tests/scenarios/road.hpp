// A way from a collector to the worker, whatever bus it is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/ledger.hpp"
#include "model/observation.hpp"
#include "model/shard.hpp"

namespace davylamp::scenarios {

// Everything on one thread. Each call fails by base::Failure when nothing happens for too long.
class Road {
 public:
  virtual ~Road() = default;
  // The collector says so.
  virtual void publish(const model::Observation& observation) = 0;
  // The worker's end of a shard: waits until there is something.
  virtual std::vector<model::Observation> read(std::uint32_t shard) = 0;
  // All that read() gave so far is stored; up to these, by source.
  virtual void stored(std::uint32_t shard, const std::vector<model::Cursor>& cursors) = 0;
  // The worker is killed and comes again.
  virtual void crash() = 0;
  virtual std::uint32_t shards() const { return 1; }
};

std::unique_ptr<Road> loopback_road();
std::unique_ptr<Road> uplink_road();
std::unique_ptr<Road> redis_road();          // one shard
std::unique_ptr<Road> divided_redis_road();  // eight

}  // namespace davylamp::scenarios
