// The other side of a notifier, played on loopback by a thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace davylamp::contract::testing {

// One connection, blocking; ends when the host ends.
class PlayedConnection {
 public:
  PlayedConnection(int socket, const std::atomic<bool>& ended) : socket_(socket), ended_(ended) {}
  // Up to and with `end`; what came when the other side closes first.
  std::string read_until(std::string_view end) {
    while (true) {
      if (const auto at = buffer_.find(end); at != std::string::npos) return cut(at + end.size());
      if (!more()) return std::exchange(buffer_, {});
    }
  }
  std::string read_bytes(std::size_t size) {
    while (buffer_.size() < size && more()) continue;
    return cut(std::min(size, buffer_.size()));
  }
  void write(std::string_view text) { (void)::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  // Until the other side gives up, or the host ends.
  void stay_silent() {
    while (more()) continue;
  }

 private:
  std::string cut(std::size_t size) {
    auto text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return text;
  }
  bool more() {
    while (!ended_) {
      pollfd wait{socket_, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      char bytes[4096];
      const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
      if (count <= 0) return false;
      buffer_.append(bytes, static_cast<std::size_t>(count));
      return true;
    }
    return false;
  }
  int socket_;
  const std::atomic<bool>& ended_;
  std::string buffer_;
};

// `play` is called for every connection, on the host's thread.
class PlayedHost {
 public:
  using Play = std::function<void(PlayedConnection&)>;
  explicit PlayedHost(Play play)
      : play_(std::move(play)), socket_(listen_on_loopback()), thread_([this] { serve(); }) {}
  ~PlayedHost() {
    ended_ = true;
    thread_.join();
    ::close(socket_);
  }
  PlayedHost(const PlayedHost&) = delete;
  PlayedHost& operator=(const PlayedHost&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int listen_on_loopback() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener, 8);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    return listener;
  }
  void serve() {
    while (!ended_) {
      pollfd wait{socket_, POLLIN, 0};
      if (::poll(&wait, 1, 20) <= 0) continue;
      const int accepted = ::accept(socket_, nullptr, nullptr);
      if (accepted < 0) continue;
      PlayedConnection connection(accepted, ended_);
      play_(connection);
      ::close(accepted);
    }
  }
  Play play_;
  std::atomic<bool> ended_ = false;
  std::uint16_t port_ = 0;
  int socket_;
  std::thread thread_;
};

// A request as it came: the head's lines, and the body.
struct PlayedRequest {
  std::string head;
  std::string body;
};

// Reads a request with a Content-Length and answers it: "429 Too Many Requests", headers with their line ends, a body.
inline PlayedRequest read_request(PlayedConnection& connection) {
  PlayedRequest request;
  request.head = connection.read_until("\r\n\r\n");
  const auto at = request.head.find("Content-Length: ");
  if (at != std::string::npos) request.body = connection.read_bytes(std::stoul(request.head.substr(at + 16)));
  return request;
}
inline std::string http_answer(std::string_view status, std::string_view headers, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) +
         "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace davylamp::contract::testing
