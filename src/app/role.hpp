// A role's thread: one loop, one scope. Everything of a role happens on its thread.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "app/log.hpp"
#include "io/task_scope.hpp"

namespace davylamp::app {

class Role {
 public:
  // `fatal` is told, on the role's thread, of a task that ended by an exception: the program should stop.
  Role(std::string name, Log& log, std::function<void()> fatal);
  ~Role();
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

  const std::string& name() const { return name_; }
  boost::asio::io_context& loop() { return loop_; }
  io::TaskScope& scope() { return scope_; }
  // Starts the thread; tasks spawned before begin now.
  void start();
  // Cancels every task, waits for them and for the thread. Idempotent.
  void stop();

 private:
  std::string name_;
  Log& log_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_;
  io::TaskScope scope_;
  std::thread thread_;
};

}  // namespace davylamp::app
