// A Unix socket that listens: its file has the right mode from the first moment and is taken away at the end.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <optional>

namespace davylamp::io {

class LocalAcceptor {
 public:
  using Protocol = boost::asio::local::stream_protocol;
  // Takes the place of a socket that nobody answers at. Throws Failure "listen" that says what is in the way.
  LocalAcceptor(const boost::asio::any_io_executor& executor, std::filesystem::path path, mode_t mode);
  ~LocalAcceptor();
  LocalAcceptor(const LocalAcceptor&) = delete;
  LocalAcceptor& operator=(const LocalAcceptor&) = delete;

  Protocol::acceptor& acceptor() { return acceptor_; }

 private:
  std::filesystem::path path_;
  Protocol::acceptor acceptor_;
  ino_t inode_;  // of the file that we made
};

// Who is at the other end, as the kernel tells; nothing when it does not.
struct PeerProcess {
  uid_t user = 0;
  pid_t process = 0;
};
std::optional<PeerProcess> peer_process(LocalAcceptor::Protocol::socket& socket);

}  // namespace davylamp::io
