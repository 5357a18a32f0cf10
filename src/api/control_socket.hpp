// The Unix socket that the command line on this host talks to. Who may is decided twice: by the file's mode, and by
// whom the kernel says is calling.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace davylamp::api {

// The account of a caller with this user id: "local:<name or number>" of root and of the daemon's own user, else
// nothing.
std::optional<std::string> local_account(uid_t caller, uid_t own);

class ControlSocket {
 public:
  using Protocol = boost::asio::local::stream_protocol;

  // Listens on a file of mode 0600. A socket that a killed daemon left behind is replaced; throws Failure when somebody
  // answers there, when the file is something else, or when it cannot be made.
  ControlSocket(const boost::asio::any_io_executor& executor, std::filesystem::path path);
  // Takes the file away.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  Protocol::acceptor& acceptor() { return acceptor_; }
  // Who is at the other end, as local_account() says.
  static std::optional<std::string> account_of(Protocol::socket& socket);

 private:
  std::filesystem::path path_;
  Protocol::acceptor acceptor_;
  ino_t inode_ = 0;
};

}  // namespace davylamp::api
