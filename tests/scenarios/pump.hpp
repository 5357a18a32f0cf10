// Runs a loop until something is so.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>

#include "base/result.hpp"
#include "contract/bus.hpp"

namespace davylamp::scenarios {

class Pump {
 public:
  boost::asio::io_context& loop() { return loop_; }
  auto executor() { return loop_.get_executor(); }
  template <class Condition>
  void until(Condition condition, const std::string& what) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) throw base::Failure("scenario", "waited too long for " + what);
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds{20});
    }
  }
  template <class T>
  T result(io::Task<T> task, const std::string& what) {
    std::optional<T> taken;
    std::exception_ptr failed;
    boost::asio::co_spawn(loop_, std::move(task), [&](const std::exception_ptr& error, T value) {
      failed = error;
      taken = std::move(value);
    });
    until([&] { return taken.has_value(); }, what);
    if (failed) std::rethrow_exception(failed);
    return std::move(*taken);
  }
  void finish(io::Task<void> task, const std::string& what) {
    bool done = false;
    boost::asio::co_spawn(loop_, std::move(task), [&](const std::exception_ptr&) { done = true; });
    until([&] { return done; }, what);
  }

 private:
  boost::asio::io_context loop_{1};
};

}  // namespace davylamp::scenarios
