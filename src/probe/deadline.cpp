#include "probe/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "io/together.hpp"

namespace davylamp::probe {
namespace {

namespace asio = boost::asio;

struct TimeIsOver {};

struct Alarm {
  asio::steady_timer timer;
  bool done = false;

  void silence() {
    done = true;
    timer.expires_at(asio::steady_timer::time_point::min());
  }
};

io::Task<void> sound(Alarm& alarm) {
  const auto [error] = co_await alarm.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!error && !alarm.done) throw TimeIsOver{};
}

io::Task<void> run(io::Task<void> task, Alarm& alarm) {
  try {
    co_await std::move(task);
  } catch (...) {
    alarm.silence();
    throw;
  }
  alarm.silence();
}

}  // namespace

io::Task<bool> within(base::Milliseconds limit, io::Task<void> task) {
  Alarm alarm{asio::steady_timer(co_await asio::this_coro::executor, limit)};
  bool in_time = true;
  try {
    co_await io::together(sound(alarm), run(std::move(task), alarm));
  } catch (const TimeIsOver&) {
    in_time = false;
  }
  co_return in_time;
}

io::Task<void> pause(base::Milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace davylamp::probe
