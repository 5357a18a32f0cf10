// The observations of one shard, from its stream to the one who reads them.
//
// What is acknowledged leaves the stream, so the stream itself is what is pending: a new reader begins at its start and
// so takes over all that its predecessor had not committed, in order. Entries are read by position and not dealt out by
// the consumer group: a worker that was paused past its lease and wakes can then take nothing from its successor. The
// group holds how far the shard's holder has committed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bus/redis/site.hpp"
#include "bus/signal.hpp"
#include "contract/bus.hpp"

namespace davylamp::redis {

// Which life of Redis an entry is of, and where it was: acknowledging it in another life would remove what is new.
struct Place {
  std::uint64_t life = 0;
  EntryId id;
  bool operator==(const Place&) const = default;
};

// What passes between the loop of the bus and that of the reader.
struct ShardQueue {
  struct Waiting {
    Place place;
    std::string text;
  };
  ShardQueue(std::uint32_t wanted, boost::asio::any_io_executor bus_loop)
      : shard(wanted), changed(std::move(bus_loop)) {}
  const std::uint32_t shard;
  bus::Signal changed;  // for the bus: there is room, something is acknowledged, or the reader is gone
  std::mutex mutex;     // of what follows
  std::deque<Waiting> waiting;
  std::size_t waiting_bytes = 0;
  std::optional<Place> acknowledged;
  bool closed = false;
  std::shared_ptr<bus::Signal> reader;
  std::uint64_t foreign = 0;  // entries that cannot be read
  std::uint64_t given = 0;    // observations
};

class ShardReader : public contract::ObservationReader {
 public:
  ShardReader(std::shared_ptr<ShardQueue> queue, boost::asio::any_io_executor executor);
  ~ShardReader() override;
  io::Task<std::vector<model::Observation>> next(std::size_t most) override;
  std::uint64_t given() const override { return given_; }
  void acknowledge(std::uint64_t count) override;

 private:
  struct Decoded {
    std::uint64_t last = 0;  // the number of its last observation, of those that this reader gives
    Place place;
  };
  std::optional<ShardQueue::Waiting> take();
  void decode(const ShardQueue::Waiting& waiting);

  std::shared_ptr<ShardQueue> queue_;
  std::shared_ptr<bus::Signal> signal_;
  std::deque<model::Observation> observations_;
  std::deque<Decoded> entries_;  // not acknowledged
  std::uint64_t decoded_ = 0;
  std::uint64_t given_ = 0;
};

// The bus's end of one queue; on its loop.
class ShardFeed {
 public:
  ShardFeed(std::shared_ptr<ShardQueue> queue, Site& site) : queue_(std::move(queue)), site_(site) {}
  // One connection, until it fails or the reader is gone: throws Failure, "closed" in the latter case.
  io::Task<void> run(std::function<void()> connected);
  // Until the reader is gone and all that it acknowledged is told: throws Failure "closed".
  io::Task<void> wait_until_closed();

 private:
  io::Task<void> begin(Connection& connection);
  io::Task<bool> read_some(Connection& connection);
  io::Task<void> tell_acknowledged(Connection& connection);
  std::size_t push(std::vector<StreamEntries> streams);
  bool has_room() const;
  bool is_closed() const;

  std::shared_ptr<ShardQueue> queue_;
  Site& site_;
  EntryId position_;
  std::uint64_t life_ = 0;
  std::optional<Place> told_;  // the last that Redis knows to be acknowledged
  bool connected_ = false;
  bool is_done_ = false;
};

}  // namespace davylamp::redis
