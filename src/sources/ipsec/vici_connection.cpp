#include "sources/ipsec/vici_connection.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/result.hpp"

namespace davylamp::ipsec {
namespace {

namespace asio = boost::asio;
constexpr auto as_pair = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_bytes = std::size_t{64} * 1024;

base::Failure trouble_at(const std::string& path, const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  if (error == errc::no_such_file_or_directory) {
    return {"absent", path +
                          " is not there: start strongSwan (`systemctl start strongswan`), load its vici plugin, or "
                          "correct `socket`"};
  }
  if (error == errc::permission_denied || error == errc::operation_not_permitted) {
    return {"refused", path +
                           " may not be opened: it belongs to root; let davylamp-agent --local read it (collector = "
                           "\"agent\"), see docs/operate/watch-ipsec.md"};
  }
  if (error == errc::connection_refused)
    return {"absent", path + " is left over from a charon that has ended: start strongSwan again"};
  return {"unreachable", path + " does not answer: " + error.message()};
}

}  // namespace

ViciConnection::ViciConnection(const asio::any_io_executor& executor, std::string path)
    : path_(std::move(path)), socket_(executor) {
  boost::system::error_code error;
  // A Unix socket connects at once, or not at all: without room in its queue it says so when it does not block.
  socket_.open(asio::local::stream_protocol(), error);
  if (!error) socket_.non_blocking(true, error);
  if (!error) socket_.connect(asio::local::stream_protocol::endpoint(path_), error);
  if (error) throw trouble_at(path_, error);
  life_ = io::life_behind(socket_.native_handle(), path_);
}

io::Task<Packet> ViciConnection::read() {
  buffer_.erase(0, std::exchange(taken_, 0));
  for (;;) {
    const auto framed = next_packet(buffer_);
    if (framed.broken) throw base::Failure("unreachable", path_ + " speaks something else than VICI: correct `socket`");
    if (framed.taken > 0) {
      taken_ = framed.taken;
      const auto packet = read_packet(framed.packet);
      if (packet) co_return *packet;
      throw base::Failure("unreachable", path_ + " sent a packet that VICI does not know");
    }
    const auto held = buffer_.size();
    buffer_.resize(held + read_bytes);
    const auto [error, size] =
        co_await socket_.async_read_some(asio::buffer(buffer_.data() + held, read_bytes), as_pair);
    buffer_.resize(held + size);
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error == asio::error::eof) throw base::Failure("unreachable", path_ + " was closed: charon has ended");
    if (error) throw trouble_at(path_, error);
  }
}

io::Task<void> ViciConnection::write(std::string packet) {
  const auto [error, sent] = co_await asio::async_write(socket_, asio::buffer(packet), as_pair);
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error) throw trouble_at(path_, error);
}

}  // namespace davylamp::ipsec
