// WebSocket. No permessage-deflate: it would cost each viewer about 100 kB and the server one compression per viewer
// and message, where one serialisation is shared by all; a message of changes is a few packets without it.
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include "api/security_headers.hpp"
#include "api/stream.hpp"

namespace davylamp::api {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

// A viewer has little to say; one that floods is read no faster than this, and TCP slows it down.
constexpr std::chrono::milliseconds pause_between_messages{50};

class LiveStream {
 public:
  LiveStream(Stream stream, std::unique_ptr<LiveConnection> viewer, ConnectionContext& context)
      : socket_(std::move(stream)), viewer_(std::move(viewer)), context_(context), patience_(socket_.get_executor()) {
    patience_.expires_at(asio::steady_timer::time_point::max());
    ++context_.stats.live_streams_now;
  }
  ~LiveStream() { --context_.stats.live_streams_now; }
  LiveStream(const LiveStream&) = delete;
  LiveStream& operator=(const LiveStream&) = delete;

  io::Task<void> run(UpgradeRequest upgrade);

 private:
  void set_options();
  io::Task<void> read();
  io::Task<void> write();
  io::Task<void> watch_reader();
  io::Task<void> guard(io::Task<void> direction);

  websocket::stream<Stream, false> socket_;
  std::unique_ptr<LiveConnection> viewer_;
  ConnectionContext& context_;
  asio::steady_timer patience_;  // with the message that is being written
};

void LiveStream::set_options() {
  const auto& limits = context_.options.limits;
  boost::beast::get_lowest_layer(socket_).expires_never();  // the WebSocket has time-outs of its own
  socket_.set_option(websocket::stream_base::timeout{limits.handshake, limits.idle, true});
  socket_.read_message_max(limits.message_bytes);
  const bool secure = context_.tls != nullptr;
  socket_.set_option(websocket::stream_base::decorator([secure](websocket::response_type& response) {
    for (const auto& [name, value] : security_headers(secure)) response.set(name, value);
    response.set("Server", "Davylamp");  // or Beast adds its version
  }));
}

io::Task<void> LiveStream::run(UpgradeRequest upgrade) {
  using namespace asio::experimental::awaitable_operators;
  set_options();
  const auto [error] = co_await socket_.async_accept(upgrade, as_result);
  if (error) {
    ++context_.stats.handshake_failures;
    co_return;
  }
  co_await (guard(read()) || guard(write()) || guard(watch_reader()));  // the one that ends first cancels the others
}

// An exception that left a direction would let the other one run on.
io::Task<void> LiveStream::guard(io::Task<void> direction) {
  try {
    co_await std::move(direction);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) context_.log.failed("live stream", error.what());
  } catch (const std::exception& error) {
    context_.log.failed("live stream", error.what());
  }
}

io::Task<void> LiveStream::read() {
  boost::beast::flat_buffer buffer;
  asio::steady_timer pause(socket_.get_executor());
  for (;;) {
    const auto [error, size] = co_await socket_.async_read(buffer, as_result);
    if (error == boost::beast::error::timeout) ++context_.stats.timeouts;
    if (error) co_return;
    if (!socket_.got_text()) {
      co_await socket_.async_close(websocket::close_code::unknown_data, as_result);
      co_return;
    }
    const auto content = buffer.cdata();
    viewer_->received({static_cast<const char*>(content.data()), content.size()});
    buffer.consume(buffer.size());
    pause.expires_after(pause_between_messages);
    co_await pause.async_wait(as_result);
  }
}

io::Task<void> LiveStream::write() {
  socket_.text(true);
  for (;;) {
    const auto message = co_await viewer_->next();
    if (!message) {
      co_await socket_.async_close(websocket::close_code::normal, as_result);
      co_return;
    }
    patience_.expires_after(context_.options.limits.body);
    const auto [error, size] = co_await socket_.async_write(asio::buffer(*message), as_result);
    patience_.expires_at(asio::steady_timer::time_point::max());
    if (error) co_return;
    ++context_.stats.live_messages;
  }
}

// Ends the stream of a viewer that does not take what is written, though it may say a lot itself: the WebSocket's own
// time-out only looks for silence.
io::Task<void> LiveStream::watch_reader() {
  for (;;) {
    const auto [moved] = co_await patience_.async_wait(as_result);
    if (moved || patience_.expiry() > asio::steady_timer::clock_type::now()) continue;
    ++context_.stats.timeouts;
    ++context_.stats.slow_readers;
    boost::beast::get_lowest_layer(socket_).close();
    co_return;
  }
}

}  // namespace

io::Task<void> run_live_stream(Stream stream, UpgradeRequest upgrade, std::unique_ptr<LiveConnection> viewer,
                               ConnectionContext& context) {
  LiveStream live(std::move(stream), std::move(viewer), context);
  co_await live.run(std::move(upgrade));
}

}  // namespace davylamp::api
