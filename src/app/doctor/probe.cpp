#include "app/doctor/probe.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace davylamp::app {
namespace {

class Connection {
 public:
  explicit Connection(int family) : number_(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }
  bool wait(short what, base::Milliseconds patience) const {
    pollfd entry{number_, what, 0};
    return poll(&entry, 1, static_cast<int>(patience.count())) > 0;
  }

 private:
  int number_;
};

Probe refusal(int error) {
  switch (error) {
    case ENOENT:
      return Probe::no_socket;
    case EACCES:
    case EPERM:
      return Probe::not_permitted;
    // Its queue is full: others wait there already.
    case EAGAIN:
      return Probe::silent;
    default:
      return Probe::nobody_listens;
  }
}

Probe greeting(const Connection& connection, base::Milliseconds patience) {
  std::string said;
  std::array<char, 512> part{};
  // The words on a hold come in a piece of their own behind the greeting.
  while (said.size() < 4096 && connection.wait(POLLIN, said.empty() ? patience : base::Milliseconds(200))) {
    const auto count = recv(connection.number(), part.data(), part.size(), 0);
    if (count <= 0) break;
    said.append(part.data(), static_cast<std::size_t>(count));
  }
  if (said.starts_with("ENTER PASSWORD:")) return Probe::wants_password;
  if (said.find(">HOLD:") != std::string::npos) return Probe::held;
  if (said.starts_with(">")) return Probe::greets;
  return connection.wait(POLLIN, base::Milliseconds(0)) ? Probe::turned_away : Probe::silent;
}

Probe ask(const Connection& connection, const sockaddr* address, socklen_t size, base::Milliseconds patience) {
  if (connection.number() < 0) return Probe::nobody_listens;
  if (connect(connection.number(), address, size) != 0) {
    if (errno != EINPROGRESS) return refusal(errno);
    if (!connection.wait(POLLOUT, patience)) return Probe::silent;
    int error = 0;
    socklen_t error_size = sizeof error;
    getsockopt(connection.number(), SOL_SOCKET, SO_ERROR, &error, &error_size);
    if (error != 0) return refusal(error);
  }
  return greeting(connection, patience);
}

}  // namespace

Probe probe_management(const std::string& management, base::Milliseconds patience) {
  const auto target = parse_management(management);
  if (!target) return Probe::not_asked;
  if (const auto* unix_path = std::get_if<UnixSocketPath>(&*target)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (unix_path->path.size() >= sizeof address.sun_path) return Probe::no_socket;
    std::memcpy(address.sun_path, unix_path->path.data(), unix_path->path.size());
    return ask(Connection(AF_UNIX), reinterpret_cast<const sockaddr*>(&address), sizeof address, patience);
  }
  const auto& endpoint = std::get<model::Endpoint>(*target);
  const auto host = endpoint.address.to_string();
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(endpoint.port.value_or(0));
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    return ask(Connection(AF_INET), reinterpret_cast<const sockaddr*>(&v4), sizeof v4, patience);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port.value_or(0));
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return Probe::not_asked;
  return ask(Connection(AF_INET6), reinterpret_cast<const sockaddr*>(&v6), sizeof v6, patience);
}

Probe look_at_socket(const std::string& management) {
  const auto target = parse_management(management);
  const auto* path = target ? std::get_if<UnixSocketPath>(&*target) : nullptr;
  struct stat status{};
  if (path == nullptr || stat(path->path.c_str(), &status) == 0) return Probe::not_asked;
  return errno == EACCES ? Probe::not_permitted : Probe::no_socket;
}

}  // namespace davylamp::app
