// The Unix socket that the command line on this host talks to. Who may is decided twice: by the file's mode, and by
// whom the kernel says is calling.
#pragma once

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "io/local_acceptor.hpp"

namespace davylamp::api {

// The account of a caller with this user id: "local:<name or number>" of root and of the daemon's own user, else
// nothing.
std::optional<std::string> local_account(uid_t caller, uid_t own);

class ControlSocket {
 public:
  using Protocol = io::LocalAcceptor::Protocol;

  // Listens on a file of mode 0600. A socket that a killed daemon left behind is replaced; throws Failure when somebody
  // answers there, when the file is something else, or when it cannot be made.
  ControlSocket(const boost::asio::any_io_executor& executor, std::filesystem::path path);

  Protocol::acceptor& acceptor() { return acceptor_.acceptor(); }
  // Who is at the other end, as local_account() says.
  static std::optional<std::string> account_of(Protocol::socket& socket);

 private:
  io::LocalAcceptor acceptor_;
};

}  // namespace davylamp::api
