// What ends a program: SIGINT, SIGTERM, or a role that failed.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace davylamp::app {

class Stop {
 public:
  Stop() {
    signals_.async_wait([this](const boost::system::error_code&, int) { loop_.stop(); });
  }
  void wait() { loop_.run(); }
  // From any thread.
  void fail() {
    failed_ = true;
    loop_.stop();
  }
  bool failed() const { return failed_; }

 private:
  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  std::atomic<bool> failed_ = false;
};

}  // namespace davylamp::app
