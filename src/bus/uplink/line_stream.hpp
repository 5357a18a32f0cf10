// A Unix socket that speaks lines, none longer than it may be.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <string>
#include <string_view>

#include "io/task.hpp"

namespace davylamp::uplink {

class LineStream {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;
  explicit LineStream(Socket socket) : socket_(std::move(socket)) {}

  Socket& socket() { return socket_; }
  // The next line without its end, valid until the next call. Throws Failure "away" at the end of the stream and
  // "hostile" when a line is longer than `longest_bytes`.
  io::Task<std::string_view> line(std::size_t longest_bytes);
  // Whether a whole line waits already.
  bool has_line() const { return received_.find('\n', consumed_) != std::string::npos; }
  // All of it. Throws Failure "away".
  io::Task<void> send(std::string_view text);

 private:
  Socket socket_;
  std::string received_;
  std::size_t consumed_ = 0;  // of it, by lines that were given
  std::size_t scanned_ = 0;   // of it, without finding an end
};

}  // namespace davylamp::uplink
