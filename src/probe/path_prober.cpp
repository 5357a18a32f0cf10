#include "probe/path_prober.hpp"

#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.hpp"
#include "probe/deadline.hpp"
#include "probe/echo_message.hpp"
#include "probe/path_figures.hpp"

namespace davylamp::probe {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Times = std::vector<std::optional<double>>;
using SteadyTime = std::chrono::steady_clock::time_point;

// So many echoes in a row without any answer: this host does not answer echoes.
constexpr unsigned unanswered_echoes = 3;

double milliseconds_since(SteadyTime begun) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

io::Task<void> rest_of(SteadyTime begun, base::Milliseconds apart) {
  const auto left = begun + apart - std::chrono::steady_clock::now();
  if (left > left.zero()) co_await pause(std::chrono::ceil<base::Milliseconds>(left));
}

// Closed by a reset, so that a probe costs four small packets and leaves nothing behind.
io::Task<double> connect_once(tcp::endpoint to) {
  tcp::socket socket(co_await asio::this_coro::executor, to.protocol());
  const auto begun = std::chrono::steady_clock::now();
  const auto [error] = co_await socket.async_connect(to, asio::as_tuple(asio::use_awaitable));
  const auto took = milliseconds_since(begun);
  if (error && error != asio::error::connection_refused) throw boost::system::system_error(error);
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  co_return took;
}

class PingSocket {
 public:
  // Throws Failure when the system allows none, or there is no way to `to`.
  PingSocket(const asio::any_io_executor& executor, const tcp::endpoint& to)
      : family_(to.address().is_v4() ? Family::v4 : Family::v6), descriptor_(executor) {
    const bool v4 = family_ == Family::v4;
    const int socket = ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                                v4 ? IPPROTO_ICMP : int{IPPROTO_ICMPV6});
    if (socket < 0) throw base::Failure("refused", "ping sockets are not allowed here");
    descriptor_.assign(socket);
    if (::connect(socket, to.data(), static_cast<socklen_t>(to.size())) != 0 ||
        ::getrandom(&cookie_, sizeof cookie_, 0) != sizeof cookie_)
      throw base::Failure("unreachable", "there is no way to the target");
  }

  // Throws system_error when there is no way.
  io::Task<double> echo(std::uint16_t sequence) {
    const auto question = echo_question(family_, sequence, cookie_);
    const auto begun = std::chrono::steady_clock::now();
    if (::send(descriptor_.native_handle(), question.data(), question.size(), MSG_NOSIGNAL) < 0)
      throw boost::system::system_error(errno, boost::system::system_category());
    for (;;) {
      co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
      std::array<std::byte, 256> buffer{};
      const auto size = ::recv(descriptor_.native_handle(), buffer.data(), buffer.size(), 0);
      if (size < 0) continue;
      const auto message = std::span(buffer).first(static_cast<std::size_t>(size));
      if (read_echo_reply(family_, message, cookie_) == sequence) co_return milliseconds_since(begun);
    }
  }

 private:
  Family family_;
  asio::posix::stream_descriptor descriptor_;
  std::uint64_t cookie_ = 0;
};

// One probe: nothing when it was lost.
io::Task<std::optional<double>> probe(io::Task<double> task, base::Milliseconds lost_after) {
  try {
    co_return co_await value_within(lost_after, std::move(task));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
  }
  co_return std::nullopt;
}

// Empty when the target cannot be measured so.
io::Task<Times> measure_by_echo(tcp::endpoint to, ProbeRow row) {
  Times times;
  std::optional<PingSocket> socket;
  try {
    socket.emplace(co_await asio::this_coro::executor, to);
  } catch (const base::Failure&) {
    co_return times;
  }
  bool any = false;
  for (unsigned i = 0; i < row.probes; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    times.push_back(co_await probe(socket->echo(static_cast<std::uint16_t>(i)), row.lost_after));
    any = any || times.back();
    if (!any && times.size() == unanswered_echoes) co_return Times{};
    if (i + 1 < row.probes) co_await rest_of(begun, row.apart);
  }
  co_return times;
}

io::Task<Times> measure_by_connecting(tcp::endpoint to, ProbeRow row) {
  Times times;
  for (unsigned i = 0; i < row.probes; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    times.push_back(co_await probe(connect_once(to), row.lost_after));
    if (i + 1 < row.probes) co_await rest_of(begun, row.apart);
  }
  co_return times;
}

}  // namespace

io::Task<model::PathReport> measure_path(HostNames& names, PathTarget target, ProbeRow row) {
  Times times(row.probes);
  try {
    const auto endpoints = co_await names.find(target.host, target.port.value_or(target.fallback_port), std::nullopt);
    const auto to = endpoints.front();
    if (!target.port) times = co_await measure_by_echo(to, row);
    if (target.port || times.empty()) times = co_await measure_by_connecting(to, row);
  } catch (const base::Failure&) {
    // the name has no address: every probe counts as lost
  }
  co_return path_figures(std::move(target.name), times);
}

}  // namespace davylamp::probe
