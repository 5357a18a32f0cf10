#include "api/stream.hpp"

#include <array>

namespace davylamp::api {
namespace {

constexpr std::chrono::seconds finish_limit{2};
// Of what was refused a proxy sends all before it looks for the answer.
constexpr std::size_t finish_bytes = std::size_t{32} * 1024 * 1024;

std::variant<Stream::Plain, Stream::Tls> make(boost::asio::generic::stream_protocol::socket socket,
                                              boost::asio::ssl::context* tls) {
  if (tls == nullptr) return Stream::Plain(std::move(socket));
  return std::variant<Stream::Plain, Stream::Tls>(std::in_place_type<Stream::Tls>, std::move(socket), *tls);
}

}  // namespace

Stream::Stream(boost::asio::generic::stream_protocol::socket socket, boost::asio::ssl::context* tls)
    : stream_(make(std::move(socket), tls)) {}

io::Task<bool> Stream::handshake(std::chrono::milliseconds limit) {
  if (tls() == nullptr) co_return true;
  next_layer().expires_after(limit);
  const auto [error] = co_await tls()->async_handshake(boost::asio::ssl::stream_base::server, as_result);
  co_return !error;
}

io::Task<void> Stream::finish() {
  next_layer().expires_after(finish_limit);
  // It fails when the peer is still sending: that is read below, as it comes.
  if (tls() != nullptr) co_await tls()->async_shutdown(as_result);
  boost::system::error_code error;
  next_layer().socket().shutdown(boost::asio::socket_base::shutdown_send, error);
  std::array<char, 16 * 1024> unread;  // NOLINT(cppcoreguidelines-pro-type-member-init): only ever written
  for (std::size_t total = 0; !error && total < finish_bytes;) {
    auto [failed, size] = co_await next_layer().async_read_some(boost::asio::buffer(unread), as_result);
    error = failed;
    total += size;
  }
}

}  // namespace davylamp::api
