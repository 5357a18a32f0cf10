#include "io/together.hpp"

#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "base/result.hpp"
#include "io/supervise.hpp"

namespace davylamp::io {
namespace {

namespace asio = boost::asio;

Task<void> sleep_then_count(std::chrono::milliseconds time, int& count) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
  ++count;
}
Task<void> fail_soon(std::string why) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
  co_await timer.async_wait(asio::use_awaitable);
  throw base::Failure("broken", why);
}
std::string failure_of(Task<void> task) {
  asio::io_context loop(1);
  auto future = asio::co_spawn(loop, std::move(task), asio::use_future);
  loop.run();
  try {
    future.get();
  } catch (...) {
    return error_of(std::current_exception()).message;
  }
  return "";
}

}  // namespace

TEST(TogetherTest, EndsWhenBothHaveEnded) {
  int count = 0;
  EXPECT_EQ(failure_of(together(sleep_then_count(std::chrono::milliseconds(1), count),
                                sleep_then_count(std::chrono::milliseconds(2), count))),
            "");
  EXPECT_EQ(count, 2);
}

TEST(TogetherTest, TheFirstFailureCancelsTheOtherWhicheverItIs) {
  int count = 0;
  EXPECT_EQ(failure_of(together(sleep_then_count(std::chrono::hours(1), count), fail_soon("second"))), "second");
  EXPECT_EQ(failure_of(together(fail_soon("first"), sleep_then_count(std::chrono::hours(1), count))), "first");
  EXPECT_EQ(count, 0);
}

TEST(SuperviseTest, StartsAgainAfterFailuresAndStopsWhenCancelled) {
  asio::io_context loop(1);
  std::vector<std::string> told;
  int runs = 0;
  asio::cancellation_signal stop;
  Supervision supervision;
  supervision.start = [&] {
    ++runs;
    return fail_soon("run " + std::to_string(runs));
  };
  supervision.failed = [&](const base::Error& error, base::Milliseconds) {
    told.push_back(error.message);
    if (told.size() == 3) stop.emit(asio::cancellation_type::terminal);
  };
  supervision.pauses = {base::Milliseconds{1}, base::Milliseconds{2}};
  asio::co_spawn(loop, supervise(std::move(supervision)),
                 asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
  loop.run();
  EXPECT_EQ(told, (std::vector<std::string>{"run 1", "run 2", "run 3"}));
}

}  // namespace davylamp::io
