#include "bus/loopback/loopback_bus.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

#include "bus/broadcast.hpp"
#include "bus/signal.hpp"

namespace davylamp::loopback {
namespace {

namespace asio = boost::asio;
using bus::Broadcast;
using bus::Signal;

bool heals(const model::Observation& observation) {
  return std::holds_alternative<model::PeerSeen>(observation.fact) ||
         std::holds_alternative<model::PeersMoved>(observation.fact) ||
         std::holds_alternative<model::PeersJudged>(observation.fact);
}

// Counters alone: the next report of that peer has them and more.
bool is_soon_outdated(const model::Observation& observation) {
  if (std::holds_alternative<model::PeersMoved>(observation.fact)) return true;
  const auto* seen = std::get_if<model::PeerSeen>(&observation.fact);
  return seen != nullptr && !seen->facts;
}

// Batches that are larger only cost memory that the processor's caches do not hold.
constexpr std::size_t most_at_once = 512;

struct Taken {
  std::uint64_t number;  // of those the reader was given
  model::Observation observation;
};

// One topic's queue, shared by publishers and one reader.
struct ObservationQueue {
  std::mutex mutex;
  std::deque<model::Observation> waiting;
  std::deque<Taken> taken;  // given out, not acknowledged
  std::shared_ptr<Signal> reader;
  contract::TopicStats stats;
};

class LoopbackObservations : public contract::ObservationReader {
 public:
  LoopbackObservations(std::shared_ptr<ObservationQueue> queue, std::shared_ptr<Signal> signal, std::size_t kept)
      : queue_(std::move(queue)), signal_(std::move(signal)), kept_(kept) {}
  ~LoopbackObservations() override {
    const std::lock_guard lock(queue_->mutex);
    if (queue_->reader == signal_) queue_->reader.reset();
  }

  io::Task<std::vector<model::Observation>> next(std::size_t most) override {
    for (;;) {
      auto batch = take(most);
      if (!batch.empty()) co_return batch;
      co_await signal_->wait();
    }
  }

  std::uint64_t given() const override { return given_; }

  void acknowledge(std::uint64_t count) override {
    const std::lock_guard lock(queue_->mutex);
    auto& taken = queue_->taken;
    while (!taken.empty() && taken.front().number <= count) taken.pop_front();
  }

 private:
  std::vector<model::Observation> take(std::size_t most) {
    const std::lock_guard lock(queue_->mutex);
    auto& waiting = queue_->waiting;
    const auto count = std::min({most, most_at_once, waiting.size()});
    std::vector<model::Observation> batch;
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(std::move(waiting.front()));
      waiting.pop_front();
      const auto& observation = batch.back();
      ++given_;
      if (queue_->taken.size() < kept_ || !is_soon_outdated(observation))
        queue_->taken.push_back({given_, observation});
    }
    return batch;
  }
  std::shared_ptr<ObservationQueue> queue_;
  std::shared_ptr<Signal> signal_;
  std::size_t kept_;
  std::uint64_t given_ = 0;
};

class LoopbackBus : public contract::Bus {
 public:
  explicit LoopbackBus(const Capacity& capacity)
      : capacity_(capacity), changes_(capacity.changes_per_reader), commands_(capacity.commands_per_reader) {}

  void publish(model::Observation observation) override {
    const std::lock_guard lock(observations_->mutex);
    auto& waiting = observations_->waiting;
    ++observations_->stats.published;
    if (waiting.size() >= capacity_.observations) make_room(waiting);
    // A reader that already has something waiting has been woken for it.
    const bool wakes = waiting.empty() && observations_->reader;
    waiting.push_back(std::move(observation));
    // Not later: the reader may be gone then, and its loop with it.
    if (wakes) observations_->reader->wake();
  }

  void publish(contract::Changes changes) override { changes_.publish(changes); }
  void publish(model::Command command) override { commands_.publish(command); }

  std::unique_ptr<contract::ObservationReader> observations(asio::any_io_executor executor, std::uint32_t) override {
    auto signal = std::make_shared<Signal>(std::move(executor));
    const std::lock_guard lock(observations_->mutex);
    auto& [mutex, waiting, taken, reader, stats] = *observations_;
    while (!taken.empty()) {
      waiting.push_front(std::move(taken.back().observation));
      taken.pop_back();
    }
    reader = signal;
    return std::make_unique<LoopbackObservations>(observations_, std::move(signal), capacity_.unacknowledged);
  }

  std::unique_ptr<contract::ChangeReader> changes(asio::any_io_executor executor) override {
    return std::make_unique<bus::BroadcastChanges>(changes_.subscribe(std::move(executor)));
  }
  std::unique_ptr<contract::CommandReader> commands(asio::any_io_executor executor) override {
    return std::make_unique<bus::BroadcastCommands>(commands_.subscribe(std::move(executor)));
  }

  contract::TopicStats observation_stats() const override {
    const std::lock_guard lock(observations_->mutex);
    auto stats = observations_->stats;
    stats.waiting = observations_->waiting.size();
    return stats;
  }
  contract::TopicStats change_stats() const override { return changes_.stats(); }
  contract::TopicStats command_stats() const override { return commands_.stats(); }

 private:
  void make_room(std::deque<model::Observation>& waiting) {
    ++observations_->stats.dropped;
    const auto healing = std::ranges::find_if(waiting, heals);
    waiting.erase(healing != waiting.end() ? healing : waiting.begin());
  }

  Capacity capacity_;
  std::shared_ptr<ObservationQueue> observations_ = std::make_shared<ObservationQueue>();
  Broadcast<contract::Changes> changes_;
  Broadcast<model::Command> commands_;
};

}  // namespace

std::unique_ptr<contract::Bus> open(const Capacity& capacity) {
  return std::make_unique<LoopbackBus>(capacity);
}

}  // namespace davylamp::loopback
