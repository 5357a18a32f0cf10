#include "bus/uplink/line_stream.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/result.hpp"

namespace davylamp::uplink {
namespace {

namespace asio = boost::asio;
constexpr std::size_t read_bytes = std::size_t{64} * 1024;
// What a long line needed is given back after it.
constexpr std::size_t kept_bytes = std::size_t{1024} * 1024;

void throw_away(const boost::system::error_code& error) {
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  throw base::Failure("away", error == asio::error::eof ? "the connection was closed" : error.message());
}

}  // namespace

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
    const auto count = co_await socket_.async_read_some(asio::buffer(received_.data() + scanned_, read_bytes),
                                                        asio::redirect_error(asio::use_awaitable, error));
    received_.resize(scanned_ + count);
    if (error) throw_away(error);
  }
}

io::Task<void> LineStream::send(std::string_view text) {
  boost::system::error_code error;
  co_await asio::async_write(socket_, asio::buffer(text.data(), text.size()),
                             asio::redirect_error(asio::use_awaitable, error));
  if (error) throw_away(error);
}

}  // namespace davylamp::uplink
