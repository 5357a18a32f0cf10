// One stream type for TCP, TLS and Unix sockets, so that HTTP and WebSocket are instantiated once. The only header with
// Beast in it; for http_session.cpp, live_stream.cpp and stream.cpp alone.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>
#include <variant>

#include "api/connection.hpp"

namespace davylamp::api {

constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

class Stream {
 public:
  using Plain = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
  using Tls = boost::beast::ssl_stream<Plain>;
  // Beast's names for what a stream must offer.
  using executor_type = Plain::executor_type;
  using next_layer_type = Plain;

  // `tls` null: plain.
  Stream(boost::asio::generic::stream_protocol::socket socket, boost::asio::ssl::context* tls);

  executor_type get_executor() { return next_layer().get_executor(); }
  Plain& next_layer() { return tls() != nullptr ? tls()->next_layer() : std::get<Plain>(stream_); }
  const Plain& next_layer() const {
    const auto* const tls = std::get_if<Tls>(&stream_);
    return tls != nullptr ? tls->next_layer() : std::get<Plain>(stream_);
  }
  Tls* tls() { return std::get_if<Tls>(&stream_); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (tls() != nullptr) return tls()->async_read_some(buffers, std::forward<Token>(token));
    return std::get<Plain>(stream_).async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (tls() != nullptr) return tls()->async_write_some(buffers, std::forward<Token>(token));
    return std::get<Plain>(stream_).async_write_some(buffers, std::forward<Token>(token));
  }

  // False when the peer does not speak TLS, or takes too long. Plain: true at once.
  io::Task<bool> handshake(std::chrono::milliseconds limit);
  // Tells the peer that nothing more comes and reads what it still sends, for a while: closing with unread bytes would
  // make the kernel reset the connection, and the peer lose our last answer.
  io::Task<void> finish();

 private:
  std::variant<Plain, Tls> stream_;
};

// Beast's hook for the end of a WebSocket; found by argument-dependent look-up.
template <class Handler>
void async_teardown(boost::beast::role_type role, Stream& stream, Handler&& handler) {
  using boost::beast::async_teardown;
  using boost::beast::websocket::async_teardown;
  if (stream.tls() != nullptr) {
    async_teardown(role, *stream.tls(), std::forward<Handler>(handler));
  } else {
    async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
  }
}

using UpgradeRequest = boost::beast::http::request<boost::beast::http::string_body>;

// Accepts the WebSocket and carries messages both ways until either side ends it.
io::Task<void> run_live_stream(Stream stream, UpgradeRequest upgrade, std::unique_ptr<LiveConnection> viewer,
                               ConnectionContext& context);

}  // namespace davylamp::api
