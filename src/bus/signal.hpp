// What a reader of a queue waits for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "io/task.hpp"

namespace davylamp::bus {

// Wakes one waiting coroutine from any thread. The timer lives on the reader's loop; a wake that is posted keeps it
// alive.
class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor executor)
      : timer_(std::make_shared<boost::asio::steady_timer>(std::move(executor))) {
    timer_->expires_at(boost::asio::steady_timer::time_point::max());
  }
  // From any thread.
  void wake() {
    boost::asio::post(timer_->get_executor(), [timer = timer_] { timer->cancel(); });
  }
  // On the reader's loop. Returns on a wake; throws operation_aborted when the coroutine itself is cancelled.
  io::Task<void> wait() {
    boost::system::error_code ignored;
    co_await timer_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    if (state.cancelled() != boost::asio::cancellation_type::none) {
      throw boost::system::system_error(boost::asio::error::operation_aborted);
    }
  }
  // The same, or after this time.
  io::Task<void> wait_for(std::chrono::milliseconds limit) {
    timer_->expires_after(limit);
    co_await wait();
    timer_->expires_at(boost::asio::steady_timer::time_point::max());
  }

 private:
  std::shared_ptr<boost::asio::steady_timer> timer_;
};

}  // namespace davylamp::bus
