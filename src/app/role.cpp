#include "app/role.hpp"

#include <pthread.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "io/supervise.hpp"

namespace davylamp::app {

Role::Role(std::string name, Log& log, std::function<void()> fatal)
    : name_(std::move(name)),
      log_(log),
      keep_(loop_.get_executor()),
      scope_(loop_.get_executor(), [this, fatal = std::move(fatal)](const std::string& task, std::exception_ptr error) {
        log_.error(name_ + ": " + task + " failed: " + io::error_of(error).message);
        fatal();
      }) {}

Role::~Role() {
  stop();
}

void Role::start() {
  thread_ = std::thread([this] { loop_.run(); });
  pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
}

void Role::stop() {
  if (!thread_.joinable()) return;
  boost::asio::co_spawn(loop_, scope_.stop(), boost::asio::use_future).get();
  keep_.reset();
  thread_.join();
}

}  // namespace davylamp::app
