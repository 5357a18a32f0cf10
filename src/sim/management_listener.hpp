// Talks: the unix socket of one simulated server. Serves one client at a time; a second one waits in the kernel's
// queue, as with OpenVPN, and gets no greeting.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <optional>

#include "sim/dialogue.hpp"

namespace davylamp::sim {

// Used on one thread. Outlives nothing: stop the loop before it is destroyed.
class ManagementListener {
 public:
  ManagementListener(boost::asio::io_context& loop, Server& server, std::filesystem::path path);

  // After the server's time was advanced: listens or stops to, as the server does, and sends what it said.
  void follow();
  std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  void listen();
  void accept();
  void read();
  void flush();
  void hang_up();
  void serve(std::size_t size);

  boost::asio::io_context& loop_;
  Server& server_;
  Dialogue dialogue_;
  std::filesystem::path path_;
  std::optional<boost::asio::local::stream_protocol::acceptor> acceptor_;
  std::optional<boost::asio::local::stream_protocol::socket> socket_;
  std::uint64_t connection_ = 0;  // tells what was begun for an earlier one
  bool waits_to_read_ = false;
  bool waits_to_write_ = false;
  std::size_t sent_ = 0;  // of the server's output
  std::array<char, 1024> buffer_{};
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace davylamp::sim
