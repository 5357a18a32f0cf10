#include "bus/redis/connection.hpp"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "io/secure_stream.hpp"

namespace davylamp::redis {

namespace asio = boost::asio;

// Shared with the timer that ends what takes too long.
struct Connection::State {
  explicit State(asio::any_io_executor loop) : executor(loop), resolver(loop), tcp(loop), local(loop), timer(loop) {}
  void close() {
    boost::system::error_code ignored;
    resolver.cancel();
    tcp.close(ignored);
    local.close(ignored);
    if (stream) stream->close();
  }
  asio::any_io_executor executor;
  asio::ip::tcp::resolver resolver;
  asio::ip::tcp::socket tcp;  // until it is connected
  asio::local::stream_protocol::socket local;
  asio::steady_timer timer;
  std::optional<io::SecureStream> stream;
  bool is_late = false;
  std::array<char, 65'536> received{};
};

Connection::Connection(asio::any_io_executor executor, std::shared_ptr<const Access> access)
    : access_(std::move(access)), state_(std::make_shared<State>(std::move(executor))) {}

Connection::~Connection() {
  state_->timer.cancel();
  state_->close();
}

void Connection::begin(base::Milliseconds limit) {
  state_->timer.expires_after(limit);
  state_->timer.async_wait([weak = std::weak_ptr(state_)](boost::system::error_code error) {
    const auto state = weak.lock();
    if (error || !state) return;
    state->is_late = true;
    state->close();
  });
}

void Connection::end() {
  state_->timer.cancel();
}

void Connection::give_up(const std::string& why) {
  end();
  state_->close();
  throw base::Failure("bus_away", "Redis at " + access_->address.to_text() + ": " +
                                      (state_->is_late ? "no answer in time" : why) +
                                      "; is it running, and does bus.url name it?");
}

io::Task<std::unique_ptr<Connection>> Connection::open(std::shared_ptr<const Access> access, base::Milliseconds limit) {
  std::unique_ptr<Connection> connection(new Connection(co_await asio::this_coro::executor, std::move(access)));
  connection->begin(limit);
  co_await connection->connect();
  connection->end();
  co_await connection->sign_in(limit);
  co_return connection;
}

io::Task<void> Connection::connect() {
  const auto& address = access_->address;
  const auto state = state_;
  boost::system::error_code error;
  std::optional<io::SecureStream::Socket> socket;
  if (!address.path.empty()) {
    co_await state->local.async_connect(asio::local::stream_protocol::endpoint(address.path),
                                        asio::redirect_error(asio::use_awaitable, error));
    if (!error) socket.emplace(std::move(state->local));
  } else {
    const auto found = co_await state->resolver.async_resolve(address.host, std::to_string(address.port),
                                                              asio::redirect_error(asio::use_awaitable, error));
    if (!error) co_await asio::async_connect(state->tcp, found, asio::redirect_error(asio::use_awaitable, error));
    boost::system::error_code ignored;
    if (!error) state->tcp.set_option(asio::ip::tcp::no_delay(true), ignored);
    if (!error) socket.emplace(std::move(state->tcp));
  }
  if (error == asio::error::operation_aborted && !state->is_late) throw boost::system::system_error(error);
  if (error) give_up(error.message());
  state->stream.emplace(std::move(*socket), access_->tls);
  const auto greeted = co_await state->stream->greet({address.host, {}});
  if (greeted) co_return;
  if (greeted.error().code == "aborted" && !state->is_late)
    throw boost::system::system_error(asio::error::operation_aborted);
  if (greeted.error().code != "untrusted") give_up(greeted.error().message);
  throw base::Failure("bus_untrusted", "Redis at " + address.to_text() + ": " + greeted.error().message +
                                           "; bus.ca_file must hold the authority of its certificate, and the "
                                           "certificate must be for the host of bus.url");
}

io::Task<void> Connection::sign_in(base::Milliseconds limit) {
  Pipeline pipeline;
  const auto& [host, port, path, tls, user, database] = access_->address;
  if (!user.empty()) {
    pipeline.add({"AUTH", user, access_->password});
  } else if (!access_->password.empty()) {
    pipeline.add({"AUTH", access_->password});
  }
  if (database != 0) pipeline.add({"SELECT", std::to_string(database)});
  if (!pipeline.empty()) co_await ask_or_throw(pipeline, limit);
}

io::Task<std::vector<Reply>> Connection::ask(const Pipeline& pipeline, base::Milliseconds limit) {
  const auto state = state_;
  begin(limit);
  boost::system::error_code error;
  co_await state->stream->write(pipeline.text(), error);
  std::vector<Reply> replies;
  replies.reserve(pipeline.count());
  while (!error) {
    while (replies.size() < pipeline.count()) {
      auto reply = replies_.next();
      if (!reply) break;
      replies.push_back(std::move(*reply));
    }
    if (replies.size() == pipeline.count()) break;
    const auto size = co_await state->stream->read_some(state->received, error);
    replies_.feed({state->received.data(), size});
  }
  end();
  if (error == asio::error::operation_aborted && !state->is_late) throw boost::system::system_error(error);
  if (error) give_up(error == asio::error::eof ? "it closed the connection" : error.message());
  co_return replies;
}

io::Task<std::vector<Reply>> Connection::ask_or_throw(const Pipeline& pipeline, base::Milliseconds limit) {
  auto replies = co_await ask(pipeline, limit);
  for (const auto& reply : replies) {
    if (reply.is_error()) throw base::Failure(explain(reply, access_->address.to_text()));
  }
  co_return replies;
}

}  // namespace davylamp::redis
