#include "io/together.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace davylamp::io {

namespace asio = boost::asio;

Task<void> together(Task<void> one, Task<void> two) {
  auto executor = co_await asio::this_coro::executor;
  auto group = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(one), asio::deferred),
                                                       asio::co_spawn(executor, std::move(two), asio::deferred));
  const auto [order, first, second] =
      co_await group.async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  const std::array<std::exception_ptr, 2> errors{first, second};
  for (const auto index : order) {
    if (errors[index]) std::rethrow_exception(errors[index]);
  }
}

}  // namespace davylamp::io
