// A connection, by TCP or a Unix socket, plain or with TLS.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/task.hpp"
#include "io/tls.hpp"

namespace davylamp::io {

// Whom a client wants to speak to. A name or an address that the certificate must be made for; or the SHA-256 of the
// certificate itself, in hexadecimal digits of either case, colons allowed: then its name and its authority do not
// matter.
struct ServerName {
  std::string host;
  std::optional<std::string> fingerprint;
};

// On one loop; one reader and one writer at a time. Give each operation its limit by closing the stream from a timer.
class SecureStream {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  // `socket` is connected. `tls` null: plain.
  SecureStream(Socket socket, TlsContext tls);
  SecureStream(const SecureStream&) = delete;
  SecureStream& operator=(const SecureStream&) = delete;

  // Agree on keys, as a client or as a server; plain: at once. Errors: "untrusted" (why the other end's certificate is
  // not accepted), "away", "aborted"
  // (by close() or a cancellation).
  Task<base::Result<void>> greet(ServerName server);
  Task<base::Result<void>> accept();

  // At least one byte, or an error.
  Task<std::size_t> read_some(std::span<char> into, boost::system::error_code& error);
  // All of it, as one buffer.
  Task<void> write(std::string_view text, boost::system::error_code& error);
  // Ends what is under way with operation_aborted. No farewell: TLS's own is not worth waiting for.
  void close();

  Socket& socket() { return socket_; }
  // SHA-256 of the other end's certificate, 64 lower-case digits; nothing when it showed none.
  std::optional<std::string> peer_fingerprint();

 private:
  using Side = boost::asio::ssl::stream_base::handshake_type;
  Task<base::Result<void>> shake_hands(Side side);

  TlsContext context_;
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace davylamp::io
