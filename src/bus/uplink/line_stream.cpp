#include "bus/uplink/line_stream.hpp"

#include <algorithm>
#include <boost/asio/ssl/error.hpp>
#include <utility>

#include "base/result.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;
constexpr std::size_t read_bytes = std::size_t{64} * 1024;
// What a long line needed is given back after it.
constexpr std::size_t kept_bytes = std::size_t{1024} * 1024;

void throw_away(const boost::system::error_code& code) {
  if (code == asio::error::operation_aborted) throw boost::system::system_error(code);
  const bool closed = code == asio::error::eof || code == asio::ssl::error::stream_truncated;
  throw base::Failure("away", closed ? "the connection was closed" : code.message());
}

void require(const base::Result<void>& done) {
  if (done) return;
  if (done.error().code == "aborted") throw boost::system::system_error(asio::error::operation_aborted);
  throw base::Failure(done.error().code, done.error().message);
}

}  // namespace

LineStream::LineStream(Socket socket, io::TlsContext tls)
    : secure_(tls != nullptr), stream_(std::make_unique<io::SecureStream>(std::move(socket), std::move(tls))) {}

io::Task<void> LineStream::accept() {
  require(co_await stream_->accept());
}

io::Task<void> LineStream::greet(io::ServerName server) {
  require(co_await stream_->greet(std::move(server)));
}

io::Task<std::string_view> LineStream::line(std::size_t longest_bytes) {
  for (;;) {
    const auto end = received_.find('\n', std::max(scanned_, consumed_));
    if (end != std::string::npos) {
      const auto line = std::string_view(received_).substr(consumed_, end - consumed_);
      if (line.size() > longest_bytes) throw base::Failure("hostile", "a line is too long");
      consumed_ = end + 1;
      scanned_ = consumed_;
      co_return line;
    }
    received_.erase(0, consumed_);
    consumed_ = 0;
    scanned_ = received_.size();
    if (received_.size() > longest_bytes) throw base::Failure("hostile", "a line is too long");
    if (received_.empty() && received_.capacity() > kept_bytes) received_ = {};
    received_.resize(scanned_ + read_bytes);
    boost::system::error_code error;
    const auto count = co_await stream_->read_some({received_.data() + scanned_, read_bytes}, error);
    received_.resize(scanned_ + count);
    if (error) throw_away(error);
  }
}

io::Task<void> LineStream::send(std::string_view text) {
  boost::system::error_code error;
  co_await stream_->write(text, error);
  if (error) throw_away(error);
}

}  // namespace davylamp::uplink
