// One thread that owns one blocking resource: SQLite, password hashing, DNS.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <variant>

#include "base/result.hpp"
#include "io/task.hpp"

namespace davylamp::io {

// Runs jobs one after another on a thread of its own. The queue is bounded: a job that does not fit fails with
// Failure("overloaded"). Destruction runs what is queued, then joins.
class JobThread {
 public:
  explicit JobThread(std::string name, std::size_t capacity = 1024);
  ~JobThread();
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;
  // From any thread. False when the queue is full.
  bool submit(std::function<void()> job);

 private:
  void run();
  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

// The resource is made by `open` on the calling thread, used and destroyed on the worker's thread only.
// Loops must outlive workers: declare the loop first.
template <class R>
class Worker {
 public:
  Worker(std::string name, std::unique_ptr<R> resource) : resource_(std::move(resource)), thread_(std::move(name)) {}
  ~Worker() {
    thread_.submit([this] { resource_.reset(); });
  }

  // Runs `work(R&)` on the worker's thread; its result or exception comes back on the caller's executor.
  // Not cancellable: what has begun is finished.
  template <class Work>
  Task<std::invoke_result_t<Work, R&>> call(Work work) {
    using Value = std::invoke_result_t<Work, R&>;
    auto executor = co_await boost::asio::this_coro::executor;
    auto outcome = std::make_shared<Outcome<Value>>();
    auto start = [this, &work, outcome, executor](auto completion) {
      auto done = std::make_shared<decltype(completion)>(std::move(completion));
      auto job = [this, work = std::move(work), outcome, executor, done]() mutable {
        outcome->run(work, *resource_);
        boost::asio::post(executor, [done]() mutable { std::move (*done)(); });
      };
      if (!thread_.submit(std::move(job))) {
        outcome->error =
            std::make_exception_ptr(base::Failure("overloaded", "too much work is waiting; try again later"));
        boost::asio::post(executor, [done]() mutable { std::move (*done)(); });
      }
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(std::move(start),
                                                                                       boost::asio::use_awaitable);
    if (outcome->error) std::rethrow_exception(outcome->error);
    if constexpr (!std::is_void_v<Value>) co_return std::move(*outcome->value);
  }

 private:
  template <class Value>
  struct Outcome {
    std::exception_ptr error;
    std::conditional_t<std::is_void_v<Value>, std::monostate, std::optional<Value>> value;
    template <class Work>
    void run(Work& work, R& resource) {
      try {
        if constexpr (std::is_void_v<Value>) {
          work(resource);
        } else {
          value.emplace(work(resource));
        }
      } catch (...) {
        error = std::current_exception();
      }
    }
  };

  std::unique_ptr<R> resource_;
  JobThread thread_;
};

}  // namespace davylamp::io
