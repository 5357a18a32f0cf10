#include "io/local_acceptor.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace davylamp::io {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw base::Failure("listen", "cannot listen on " + path.string() + ": " + why);
}

bool answers(const std::filesystem::path& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) refuse(path, std::strerror(errno));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(path.string(), address.sun_path);
  const int outcome = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const bool answered = outcome == 0 || errno == EAGAIN || errno == EINPROGRESS;
  ::close(socket);
  return answered;
}

// Takes away what a daemon that was killed left behind.
void clear_place(const std::filesystem::path& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return;
    refuse(path, std::strerror(errno));
  }
  if (!S_ISSOCK(found.st_mode)) refuse(path, "the file is there and is no socket; move it away");
  if (answers(path)) refuse(path, "another davylampd answers there; stop it, or give this one its own state_directory");
  if (::unlink(path.c_str()) != 0) refuse(path, std::strerror(errno));
}

LocalAcceptor::Protocol::acceptor bind(const boost::asio::any_io_executor& executor, const std::filesystem::path& path,
                                       mode_t mode) {
  constexpr auto most_bytes = sizeof(sockaddr_un::sun_path) - 1;
  if (path.string().size() > most_bytes) {
    refuse(path, "the path of a socket has at most " + std::to_string(most_bytes) +
                     " bytes; choose a shorter state_directory");
  }
  clear_place(path);
  boost::system::error_code error;
  LocalAcceptor::Protocol::acceptor acceptor(executor);
  acceptor.open(LocalAcceptor::Protocol(), error);
  // Before the file is there: so it never exists with another mode (Linux gives it the mode of the socket).
  if (!error && ::fchmod(acceptor.native_handle(), mode) != 0) error.assign(errno, boost::system::system_category());
  if (!error) acceptor.bind(LocalAcceptor::Protocol::endpoint(path.string()), error);
  // The umask may have taken bits away.
  if (!error && ::chmod(path.c_str(), mode) != 0) error.assign(errno, boost::system::system_category());
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) refuse(path, error.message() + "; check that the directory is there and may be written to");
  return acceptor;
}

ino_t inode_of(const std::filesystem::path& path) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

}  // namespace

LocalAcceptor::LocalAcceptor(const boost::asio::any_io_executor& executor, std::filesystem::path path, mode_t mode)
    : path_(std::move(path)), acceptor_(bind(executor, path_, mode)), inode_(inode_of(path_)) {}

LocalAcceptor::~LocalAcceptor() {
  if (inode_ != 0 && inode_of(path_) == inode_) ::unlink(path_.c_str());
}

std::optional<PeerProcess> peer_process(LocalAcceptor::Protocol::socket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return PeerProcess{credentials.uid, credentials.pid};
}

}  // namespace davylamp::io
