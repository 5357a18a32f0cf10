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
  std::mutex mutex;  // of what follows
  std::deque<T> waiting;
  bool missed = false;
  std::shared_ptr<Signal> signal;  // none when the reader is gone: its loop may be gone as well
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
      const std::lock_guard queue_lock(queue->mutex);
      queue->missed = true;
      if (queue->signal) queue->signal->wake();
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
    const std::lock_guard lock(queue.mutex);
    if (queue.waiting.size() >= capacity_) {
      ++stats_.dropped;
      queue.waiting.pop_front();
      queue.missed = true;
    }
    queue.waiting.push_back(item);
    if (queue.signal) queue.signal->wake();
  }

  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<BroadcastQueue<T>>> queues_;
  contract::TopicStats stats_;
};

// A reader's end of its queue. When it is gone nobody wakes the reader's loop any more.
template <class T>
class Subscription {
 public:
  explicit Subscription(std::shared_ptr<BroadcastQueue<T>> queue) : queue_(std::move(queue)), signal_(queue_->signal) {}
  ~Subscription() {
    const std::lock_guard lock(queue_->mutex);
    queue_->signal.reset();
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  BroadcastQueue<T>& queue() { return *queue_; }
  io::Task<void> wait() { return signal_->wait(); }

 private:
  std::shared_ptr<BroadcastQueue<T>> queue_;
  std::shared_ptr<Signal> signal_;
};

class BroadcastChanges : public contract::ChangeReader {
 public:
  explicit BroadcastChanges(std::shared_ptr<BroadcastQueue<contract::Changes>> queue) : own_(std::move(queue)) {}

  io::Task<contract::ChangeBatch> next() override {
    for (;;) {
      auto batch = take();
      if (!batch.changes.empty() || batch.missed) co_return batch;
      co_await own_.wait();
    }
  }

 private:
  contract::ChangeBatch take() {
    auto& queue = own_.queue();
    const std::lock_guard lock(queue.mutex);
    contract::ChangeBatch batch;
    batch.changes.assign(queue.waiting.begin(), queue.waiting.end());
    queue.waiting.clear();
    batch.missed = std::exchange(queue.missed, false);
    return batch;
  }
  Subscription<contract::Changes> own_;
};

class BroadcastCommands : public contract::CommandReader {
 public:
  explicit BroadcastCommands(std::shared_ptr<BroadcastQueue<model::Command>> queue) : own_(std::move(queue)) {}

  io::Task<std::vector<model::Command>> next() override {
    for (;;) {
      auto commands = take();
      if (!commands.empty()) co_return commands;
      co_await own_.wait();
    }
  }

 private:
  std::vector<model::Command> take() {
    auto& queue = own_.queue();
    const std::lock_guard lock(queue.mutex);
    std::vector<model::Command> commands(std::make_move_iterator(queue.waiting.begin()),
                                         std::make_move_iterator(queue.waiting.end()));
    queue.waiting.clear();
    return commands;
  }
  Subscription<model::Command> own_;
};

}  // namespace davylamp::bus
