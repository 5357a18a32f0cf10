// Tasks that belong together: started, cancelled and awaited as one, so that no coroutine outlives what it uses.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "io/task.hpp"

namespace davylamp::io {

// Used on one thread: that of `executor`. Await stop() before destroying the scope and whatever its tasks refer to; a
// scope that is destroyed earlier cancels its tasks but cannot wait for them.
class TaskScope {
 public:
  // Told of a task that ended by an exception which is not the echo of our own cancel(). Must not throw.
  using Report = std::function<void(const std::string& task, std::exception_ptr error)>;

  TaskScope(boost::asio::any_io_executor executor, Report report);
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // Starts `task` on the executor. False, and the task is dropped unstarted, after cancel().
  bool spawn(std::string name, Task<void> task);
  // Asks every task to stop: what it awaits ends with operation_aborted. From now on nothing is started.
  void cancel();
  // Waits until the last task has ended.
  Task<void> join();
  // cancel(), then join(). A coroutine that is itself being cancelled first says
  // `co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation())`.
  Task<void> stop();

  std::size_t size() const;
  bool cancelled() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace davylamp::io
