#include "sim/management_listener.hpp"

#include <boost/asio/buffer.hpp>

#include "base/result.hpp"

namespace davylamp::sim {
namespace {

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;
constexpr int backlog = 1;  // as OpenVPN's
constexpr auto private_file = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;

}  // namespace

ManagementListener::ManagementListener(asio::io_context& loop, Server& server, std::filesystem::path path)
    : loop_(loop), server_(server), dialogue_(server), path_(std::move(path)) {
  listen();
}

void ManagementListener::listen() {
  try {
    std::filesystem::remove(path_);
    acceptor_.emplace(loop_);
    acceptor_->open();
    acceptor_->bind(path_.string());
    std::filesystem::permissions(path_, private_file);
    acceptor_->listen(backlog);
  } catch (const std::exception& exception) {
    throw base::Failure("listen", "cannot listen on " + path_.string() + ": " + exception.what() +
                                      "; choose another --directory (a socket's path may have 107 bytes)");
  }
  accept();
}

void ManagementListener::accept() {
  acceptor_->async_accept([this](const boost::system::error_code& error, Socket socket) {
    if (error || !acceptor_) return;
    socket_.emplace(std::move(socket));
    socket_->non_blocking(true);
    dialogue_.opened();
    flush();
    read();
  });
}

// Nothing is read while output waits: no OpenVPN does.
void ManagementListener::read() {
  if (!socket_ || waits_to_read_ || waits_to_write_) return;
  waits_to_read_ = true;
  socket_->async_read_some(asio::buffer(buffer_),
                           [this, mine = connection_](const boost::system::error_code& error, std::size_t size) {
                             if (mine != connection_) return;
                             waits_to_read_ = false;
                             if (error) return hang_up();
                             serve(size);
                           });
}

void ManagementListener::serve(std::size_t size) {
  dialogue_.receive({buffer_.data(), size});
  if (dialogue_.wants_close()) return hang_up();
  flush();
  read();
}

void ManagementListener::flush() {
  if (!socket_ || waits_to_write_) return;
  auto& output = server_.output();
  while (sent_ < output.size()) {
    boost::system::error_code error;
    const auto size = socket_->write_some(asio::buffer(output.data() + sent_, output.size() - sent_), error);
    if (error == asio::error::would_block) {
      waits_to_write_ = true;
      socket_->async_wait(Socket::wait_write, [this, mine = connection_](const boost::system::error_code& failed) {
        if (mine != connection_) return;
        waits_to_write_ = false;
        if (failed) return hang_up();
        flush();
        read();
      });
      return;
    }
    if (error) return hang_up();
    sent_ += size;
    bytes_sent_ += size;
  }
  output.clear();
  sent_ = 0;
}

void ManagementListener::hang_up() {
  ++connection_;
  socket_.reset();
  waits_to_read_ = waits_to_write_ = false;
  sent_ = 0;
  dialogue_.closed();
  if (acceptor_) accept();
}

void ManagementListener::follow() {
  flush();
  if (server_.listening()) {
    if (!acceptor_) listen();
    return;
  }
  if (!acceptor_) return;
  // The process is gone: whoever waits in the queue is refused, and the file of the socket stays behind.
  acceptor_.reset();
  if (socket_) hang_up();
}

}  // namespace davylamp::sim
