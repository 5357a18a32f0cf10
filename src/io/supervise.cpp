#include "io/supervise.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace davylamp::io {

namespace asio = boost::asio;

base::Error error_of(std::exception_ptr exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const base::Failure& failure) {
    return failure.error();
  } catch (const std::exception& error) {
    return {"failed", error.what()};
  } catch (...) {
    return {"failed", "unknown failure"};
  }
}

Task<void> supervise(Supervision supervision) {
  using Steady = std::chrono::steady_clock;
  base::Backoff backoff(supervision.pauses, supervision.seed);
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    const auto began = Steady::now();
    std::exception_ptr exception;
    try {
      co_await supervision.start();
    } catch (...) {
      exception = std::current_exception();
    }
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) co_return;
    if (Steady::now() - began > supervision.healthy_after) backoff.reset();
    const auto pause = backoff.next();
    supervision.failed(exception ? error_of(exception) : base::Error{"ended", "ended without a reason"}, pause);
    timer.expires_after(pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace davylamp::io
