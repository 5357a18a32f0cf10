#include "bus/uplink/deadline.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "base/result.hpp"
#include "io/together.hpp"

namespace davylamp::uplink {
namespace {

// Ends the other one, too: together() waits for both.
struct Done : std::exception {};

io::Task<void> finish(io::Task<void> work) {
  co_await std::move(work);
  throw Done{};
}

io::Task<void> expire(base::Milliseconds limit, std::string why) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, limit);
  co_await timer.async_wait(boost::asio::use_awaitable);
  throw base::Failure("silent", std::move(why));
}

}  // namespace

io::Task<void> within(base::Milliseconds limit, std::string why, io::Task<void> work) {
  try {
    co_await io::together(finish(std::move(work)), expire(limit, std::move(why)));
  } catch (const Done&) {  // NOLINT(bugprone-empty-catch): it ended in time
  }
}

}  // namespace davylamp::uplink
