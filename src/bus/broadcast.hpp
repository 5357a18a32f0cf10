// A topic that every reader gets whole, in bounded queues.
#pragma once

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "bus/signal.hpp"
#include "contract/bus.hpp"

namespace davylamp::bus {

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

  // Items before those that follow were lost: every reader is told.
  void miss() {
    const std::lock_guard lock(mutex_);
    for (const auto& weak : queues_) {
      const auto queue = weak.lock();
      if (!queue) continue;
      {
        const std::lock_guard queue_lock(queue->mutex);
        queue->missed = true;
      }
      queue->signal->wake();
    }
  }

  bool has_readers() const {
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(queues_, [](const auto& queue) { return !queue.expired(); });
  }

  std::shared_ptr<BroadcastQueue<T>> subscribe(boost::asio::any_io_executor executor) {
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

class BroadcastChanges : public contract::ChangeReader {
 public:
  explicit BroadcastChanges(std::shared_ptr<BroadcastQueue<contract::Changes>> queue) : queue_(std::move(queue)) {}

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

class BroadcastCommands : public contract::CommandReader {
 public:
  explicit BroadcastCommands(std::shared_ptr<BroadcastQueue<model::Command>> queue) : queue_(std::move(queue)) {}

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

}  // namespace davylamp::bus
