// Talks: a connection to charon's VICI socket. Nothing blocks the loop; what is read is bounded.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "io/socket_life.hpp"
#include "io/task.hpp"
#include "sources/ipsec/vici_message.hpp"

namespace davylamp::ipsec {

class ViciConnection {
 public:
  // Connects. Throws Failure: "absent" when nobody listens there, "refused" when this program may not ask, each a
  // sentence with what to do.
  ViciConnection(const boost::asio::any_io_executor& executor, std::string path);

  // Whose numbers and counters these are: another life is another epoch.
  const io::SocketLife& life() const { return life_; }
  // Valid until the next read. One reader at a time. Throws Failure "unreachable".
  io::Task<Packet> read();
  // One writer at a time. Throws Failure "unreachable".
  io::Task<void> write(std::string packet);

 private:
  std::string path_;
  boost::asio::local::stream_protocol::socket socket_;
  io::SocketLife life_;
  std::string buffer_;
  std::size_t taken_ = 0;
};

}  // namespace davylamp::ipsec
