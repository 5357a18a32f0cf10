// A connection that speaks lines, none longer than it may be: over a Unix socket, or over TLS.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/secure_stream.hpp"

namespace davylamp::uplink {

// Everything throws Failure: "away" when the connection ends or breaks, "untrusted" when the other end is not the right
// one.
class LineStream {
 public:
  using Socket = io::SecureStream::Socket;
  // Without `tls` plain.
  explicit LineStream(Socket socket, io::TlsContext tls = nullptr);

  boost::asio::any_io_executor executor() { return stream_->socket().get_executor(); }
  bool is_secure() const { return secure_; }
  io::Task<void> accept();
  io::Task<void> greet(io::ServerName server);
  // The next line without its end, valid until the next call. Throws Failure "hostile" when a line is longer than
  // `longest_bytes`.
  io::Task<std::string_view> line(std::size_t longest_bytes);
  // All of it.
  io::Task<void> send(std::string_view text);

 private:
  bool secure_;
  std::unique_ptr<io::SecureStream> stream_;
  std::string received_;
  std::size_t consumed_ = 0;  // of it, by lines that were given
  std::size_t scanned_ = 0;   // of it, without finding an end
};

}  // namespace davylamp::uplink
