#include "bus/loopback/loopback_bus.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <mutex>
#include <utility>

namespace davylamp::loopback {
namespace {

namespace asio = boost::asio;

// Wakes one waiting coroutine from any thread. The timer lives on the reader's loop; a wake that is posted keeps it
// alive.
class Signal {
 public:
  explicit Signal(asio::any_io_executor executor) : timer_(std::make_shared<asio::steady_timer>(std::move(executor))) {
    timer_->expires_at(asio::steady_timer::time_point::max());
  }
  // From any thread.
  void wake() {
    asio::post(timer_->get_executor(), [timer = timer_] { timer->cancel(); });
  }
  // On the reader's loop. Returns on a wake; throws operation_aborted when the coroutine itself is cancelled.
  io::Task<void> wait() {
    boost::system::error_code ignored;
    co_await timer_->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }

 private:
  std::shared_ptr<asio::steady_timer> timer_;
};

bool heals(const model::Observation& observation) {
  return std::holds_alternative<model::PeerSeen>(observation.fact);
}

// Counters alone: the next report of that peer has them and more.
bool is_soon_outdated(const model::Observation& observation) {
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

// What was published for one reader of a topic that every reader gets whole, and that forgets the oldest.
template <class T>
struct BroadcastQueue {
  std::mutex mutex;
  std::deque<T> waiting;
  bool missed = false;
  std::shared_ptr<Signal> signal;
};

// A topic whose readers each get everything that is published while they exist. Safe from any thread.
template <class T>
class Broadcast {
 public:
  explicit Broadcast(std::size_t capacity) : capacity_(capacity) {}

  void publish(const T& item) {
    const std::lock_guard lock(mutex_);
    ++stats_.published;
    std::erase_if(queues_, [](const auto& queue) { return queue.expired(); });
    for (const auto& weak : queues_) {
      if (const auto queue = weak.lock()) push(*queue, item);
    }
  }

  std::shared_ptr<BroadcastQueue<T>> subscribe(asio::any_io_executor executor) {
    auto queue = std::make_shared<BroadcastQueue<T>>();
    queue->signal = std::make_shared<Signal>(std::move(executor));
    const std::lock_guard lock(mutex_);
    queues_.push_back(queue);
    return queue;
  }

  contract::TopicStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  void push(BroadcastQueue<T>& queue, const T& item) {
    {
      const std::lock_guard lock(queue.mutex);
      if (queue.waiting.size() >= capacity_) {
        ++stats_.dropped;
        queue.waiting.pop_front();
        queue.missed = true;
      }
      queue.waiting.push_back(item);
    }
    queue.signal->wake();
  }

  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<BroadcastQueue<T>>> queues_;
  contract::TopicStats stats_;
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

class LoopbackChanges : public contract::ChangeReader {
 public:
  explicit LoopbackChanges(std::shared_ptr<BroadcastQueue<contract::Changes>> queue) : queue_(std::move(queue)) {}

  io::Task<contract::ChangeBatch> next() override {
    for (;;) {
      auto batch = take();
      if (!batch.changes.empty() || batch.missed) co_return batch;
      co_await queue_->signal->wait();
    }
  }

 private:
  contract::ChangeBatch take() {
    const std::lock_guard lock(queue_->mutex);
    contract::ChangeBatch batch;
    batch.changes.assign(queue_->waiting.begin(), queue_->waiting.end());
    queue_->waiting.clear();
    batch.missed = std::exchange(queue_->missed, false);
    return batch;
  }
  std::shared_ptr<BroadcastQueue<contract::Changes>> queue_;
};

class LoopbackCommands : public contract::CommandReader {
 public:
  explicit LoopbackCommands(std::shared_ptr<BroadcastQueue<model::Command>> queue) : queue_(std::move(queue)) {}

  io::Task<std::vector<model::Command>> next() override {
    for (;;) {
      auto commands = take();
      if (!commands.empty()) co_return commands;
      co_await queue_->signal->wait();
    }
  }

 private:
  std::vector<model::Command> take() {
    const std::lock_guard lock(queue_->mutex);
    std::vector<model::Command> commands(std::make_move_iterator(queue_->waiting.begin()),
                                         std::make_move_iterator(queue_->waiting.end()));
    queue_->waiting.clear();
    return commands;
  }
  std::shared_ptr<BroadcastQueue<model::Command>> queue_;
};

class LoopbackBus : public contract::Bus {
 public:
  explicit LoopbackBus(const Capacity& capacity)
      : capacity_(capacity), changes_(capacity.changes_per_reader), commands_(capacity.commands_per_reader) {}

  void publish(model::Observation observation) override {
    std::shared_ptr<Signal> reader;
    {
      const std::lock_guard lock(observations_->mutex);
      auto& waiting = observations_->waiting;
      ++observations_->stats.published;
      if (waiting.size() >= capacity_.observations) make_room(waiting);
      // A reader that already has something waiting has been woken for it.
      if (waiting.empty()) reader = observations_->reader;
      waiting.push_back(std::move(observation));
    }
    if (reader) reader->wake();
  }

  void publish(contract::Changes changes) override { changes_.publish(changes); }
  void publish(model::Command command) override { commands_.publish(command); }

  std::unique_ptr<contract::ObservationReader> observations(asio::any_io_executor executor) override {
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
    return std::make_unique<LoopbackChanges>(changes_.subscribe(std::move(executor)));
  }
  std::unique_ptr<contract::CommandReader> commands(asio::any_io_executor executor) override {
    return std::make_unique<LoopbackCommands>(commands_.subscribe(std::move(executor)));
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
