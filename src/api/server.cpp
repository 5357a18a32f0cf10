#include "api/server.hpp"

#include <sodium.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

#include "api/connection.hpp"
#include "api/control_socket.hpp"
#include "api/forwarded.hpp"
#include "api/rates/bucket_table.hpp"
#include "api/tls_context.hpp"
#include "base/result.hpp"
#include "io/local_acceptor.hpp"
#include "io/task_scope.hpp"
#include "io/together.hpp"

namespace davylamp::api {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds pause_after_failure{100};
constexpr std::size_t most_control_connections = 32;
constexpr mode_t owner_and_group = 0660;

std::string place_of(const ServerOptions& options) {
  const bool v6 = options.address.contains(':');
  return (v6 ? "[" + options.address + "]" : options.address) + ":" + std::to_string(options.port);
}

tcp::acceptor bind(const asio::any_io_executor& executor, const ServerOptions& options) {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) {
    throw base::Failure("listen",
                        "cannot listen on \"" + options.address +
                            "\": it is not an IP address; write 127.0.0.1, ::1, 0.0.0.0 or an address of this host");
  }
  const tcp::endpoint endpoint(address, options.port);
  tcp::acceptor acceptor(executor);
  const auto step = [&](auto done) {
    if (error) return;
    done();
  };
  step([&] { acceptor.open(endpoint.protocol(), error); });
  step([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
  step([&] { acceptor.bind(endpoint, error); });
  step([&] { acceptor.listen(asio::socket_base::max_listen_connections, error); });
  if (!error) return acceptor;
  std::string advice = "check the address and the port";
  if (error == asio::error::address_in_use) advice = "another program uses the port; stop it or choose another port";
  if (error == asio::error::access_denied) advice = "ports below 1024 need the capability CAP_NET_BIND_SERVICE";
  if (error == boost::system::errc::address_not_available) advice = "this host does not have the address";
  throw base::Failure("listen", "cannot listen on " + place_of(options) + ": " + error.message() + "; " + advice);
}

model::Address address_of(const tcp::socket& socket) {
  boost::system::error_code gone;
  const auto address = socket.remote_endpoint(gone).address();
  return address.is_v4() ? model::Address::from_v4(address.to_v4().to_bytes())
                         : model::Address::from_v6(address.to_v6().to_bytes());
}

// Made in place, for a ControlSocket does not move.
std::optional<ControlSocket> control_socket(const asio::any_io_executor& executor, const ServerOptions& options) {
  if (options.control_socket.empty()) return std::nullopt;
  return std::optional<ControlSocket>(std::in_place, executor, options.control_socket);
}

// Likewise.
std::optional<io::LocalAcceptor> proxy_socket(const asio::any_io_executor& executor, const ServerOptions& options) {
  if (options.proxy_socket.empty()) return std::nullopt;
  return std::optional<io::LocalAcceptor>(std::in_place, executor, options.proxy_socket, owner_and_group);
}

io::TaskScope::Report report_to(RequestLog& log) {
  return [&log](const std::string& task, const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      log.failed(task, failure.what());
    } catch (...) {
      log.failed(task, "an exception of an unknown type");
    }
  };
}

}  // namespace

struct Server::State {
  State(const asio::any_io_executor& executor, ServerOptions wanted, Service& service, RequestLog& log)
      : options(std::move(wanted)),
        files(StaticFiles::load(options.web_root, options.base_path)),
        tls(options.tls ? std::optional(make_tls_context(*options.tls)) : std::nullopt),
        acceptor(bind(executor, options)),
        control(control_socket(executor, options)),
        proxy(proxy_socket(executor, options)),
        port(acceptor.local_endpoint().port()),
        scope(executor, report_to(log)),
        context{options, service,
                log,     {acceptor.local_endpoint().address().is_loopback(), options.host_names},
                files,   tls ? &*tls : nullptr,
                stats} {}

  // Decides before anything is allocated for the connection.
  bool takes(const Peer& peer) {
    if (scope.size() >= options.limits.connections) {
      ++stats.refused_by_total;
      return false;
    }
    if (peer.proxy) return true;  // it stands for many
    const auto found = open_by_address.find(subscriber_of(peer.address));
    if (found != open_by_address.end() && found->second >= options.limits.connections_per_address) {
      ++stats.refused_by_address;
      return false;
    }
    return true;
  }

  // The command line must get in when the network has used up everything.
  bool takes_control() {
    const auto found = open_by_address.find(model::Address{});
    if (found == open_by_address.end() || found->second < most_control_connections) return true;
    ++stats.refused_by_address;
    return false;
  }

  // Each until cancelled.
  io::Task<void> accept(std::shared_ptr<State> self);
  io::Task<void> accept_control(std::shared_ptr<State> self);
  io::Task<void> accept_proxy(std::shared_ptr<State> self);
  io::Task<void> accept_local(std::shared_ptr<State> self);
  // Whether to go on after a failed accept.
  io::Task<bool> pause_after(boost::system::error_code error);

  ServerOptions options;
  StaticFiles files;
  std::optional<asio::ssl::context> tls;
  tcp::acceptor acceptor;
  std::optional<ControlSocket> control;
  std::optional<io::LocalAcceptor> proxy;
  std::uint16_t port;
  std::map<model::Address, std::size_t> open_by_address;
  ServerStats stats;
  io::TaskScope scope;
  ConnectionContext context;
};

// Counts a connection while it is open, and keeps what it uses alive.
class Server::OpenMark {
 public:
  OpenMark(std::shared_ptr<State> state, Peer peer) : state_(std::move(state)), peer_(std::move(peer)) {
    ++state_->open_by_address[subscriber_of(peer_.address)];
  }
  ~OpenMark() {
    auto& open = state_->open_by_address;
    const auto found = open.find(subscriber_of(peer_.address));
    if (--found->second == 0) open.erase(found);
  }
  OpenMark(const OpenMark&) = delete;
  OpenMark& operator=(const OpenMark&) = delete;
  State& state() const { return *state_; }
  const Peer& peer() const { return peer_; }

 private:
  std::shared_ptr<State> state_;
  Peer peer_;
};

io::Task<void> Server::serve(asio::generic::stream_protocol::socket socket, std::unique_ptr<OpenMark> mark) {
  co_await serve_connection(std::move(socket), mark->peer(), mark->state().context);
}

io::Task<bool> Server::State::pause_after(boost::system::error_code error) {
  if (error == asio::error::operation_aborted) co_return false;
  // Out of descriptors, or the peer was gone already; at once again would spin.
  ++stats.accept_failures;
  asio::steady_timer pause(acceptor.get_executor(), pause_after_failure);
  const auto [stopped] = co_await pause.async_wait(as_result);
  co_return !stopped;
}

io::Task<void> Server::State::accept(std::shared_ptr<State> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(as_result);
    if (error) {
      const bool go_on = co_await pause_after(error);
      if (!go_on) co_return;
      continue;
    }
    ++stats.connections;
    Peer peer{address_of(socket)};
    peer.proxy = any_contains(options.trusted_proxies, peer.address);
    if (!takes(peer)) continue;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto name = "connection of " + peer.address.to_string();
    scope.spawn(std::move(name), serve(std::move(socket), std::make_unique<OpenMark>(self, std::move(peer))));
  }
}

io::Task<void> Server::State::accept_control(std::shared_ptr<State> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  for (;;) {
    auto [error, socket] = co_await control->acceptor().async_accept(as_result);
    if (error) {
      const bool go_on = co_await pause_after(error);
      if (!go_on) co_return;
      continue;
    }
    ++stats.connections;
    if (!takes_control()) continue;
    auto mark = std::make_unique<OpenMark>(self, Peer{{}, true, ControlSocket::account_of(socket)});
    scope.spawn("control connection", serve(std::move(socket), std::move(mark)));
  }
}

io::Task<void> Server::State::accept_proxy(std::shared_ptr<State> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  // Until the proxy says who asks, it is this host.
  const Peer peer{model::Address::from_v4({127, 0, 0, 1}), false, std::nullopt, true};
  for (;;) {
    auto [error, socket] = co_await proxy->acceptor().async_accept(as_result);
    if (error) {
      const bool go_on = co_await pause_after(error);
      if (!go_on) co_return;
      continue;
    }
    ++stats.connections;
    if (!takes(peer)) continue;
    scope.spawn("proxy connection", serve(std::move(socket), std::make_unique<OpenMark>(self, peer)));
  }
}

io::Task<void> Server::State::accept_local(std::shared_ptr<State> self) {
  if (control && proxy) {
    co_await io::together(accept_control(self), accept_proxy(self));
  } else if (control) {
    co_await accept_control(self);
  } else {
    co_await accept_proxy(self);
  }
}

Server::Server(asio::any_io_executor executor, ServerOptions options, Service& service, RequestLog& log) {
  if (sodium_init() < 0) throw base::Failure("random", "cannot start libsodium: the system gives no random numbers");
  state_ = std::make_shared<State>(executor, std::move(options), service, log);
}

Server::~Server() = default;

io::Task<void> Server::run() {
  co_await asio::this_coro::throw_if_cancelled(false);
  if (state_->control || state_->proxy) {
    co_await io::together(state_->accept(state_), state_->accept_local(state_));
  } else {
    co_await state_->accept(state_);
  }
  // From here on the cancellation that ended accepting must not end the waiting.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  state_->control.reset();
  state_->proxy.reset();
  co_await state_->scope.stop();
}

std::uint16_t Server::port() const {
  return state_->port;
}

ServerStats Server::stats() const {
  auto stats = state_->stats;
  stats.connections_now = state_->scope.size();
  return stats;
}

}  // namespace davylamp::api
