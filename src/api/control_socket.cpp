#include "api/control_socket.hpp"

#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr mode_t owner_only = 0600;

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

ControlSocket::Protocol::acceptor bind(const boost::asio::any_io_executor& executor,
                                       const std::filesystem::path& path) {
  constexpr auto most_bytes = sizeof(sockaddr_un::sun_path) - 1;
  if (path.string().size() > most_bytes) {
    refuse(path, "the path of a socket has at most " + std::to_string(most_bytes) +
                     " bytes; choose a shorter state_directory");
  }
  clear_place(path);
  boost::system::error_code error;
  ControlSocket::Protocol::acceptor acceptor(executor);
  acceptor.open(ControlSocket::Protocol(), error);
  // Before the file is there: so it never exists with another mode (Linux gives it the mode of the socket).
  if (!error && ::fchmod(acceptor.native_handle(), owner_only) != 0)
    error.assign(errno, boost::system::system_category());
  if (!error) acceptor.bind(ControlSocket::Protocol::endpoint(path.string()), error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) refuse(path, error.message() + "; check that the directory is there and may be written to");
  return acceptor;
}

ino_t inode_of(const std::filesystem::path& path) {
  struct stat found{};
  return ::lstat(path.c_str(), &found) == 0 ? found.st_ino : 0;
}

}  // namespace

std::optional<std::string> local_account(uid_t caller, uid_t own) {
  if (caller != 0 && caller != own) return std::nullopt;
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(caller, &entry, space.data(), space.size(), &found) == 0 && found != nullptr) {
    return "local:" + base::printable(found->pw_name);
  }
  return "local:" + std::to_string(caller);
}

ControlSocket::ControlSocket(const boost::asio::any_io_executor& executor, std::filesystem::path path)
    : path_(std::move(path)), acceptor_(bind(executor, path_)), inode_(inode_of(path_)) {}

ControlSocket::~ControlSocket() {
  if (inode_ != 0 && inode_of(path_) == inode_) ::unlink(path_.c_str());
}

std::optional<std::string> ControlSocket::account_of(Protocol::socket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return local_account(credentials.uid, ::geteuid());
}

}  // namespace davylamp::api
