#include "app/cli/control_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"

namespace davylamp::app {
namespace {

using Clock = std::chrono::steady_clock;

// An export of one user may be long; nothing that is asked for is longer.
constexpr std::size_t longest_answer_bytes = 512'000'000;

class Socket {
 public:
  Socket() : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

base::Error unreachable(const std::string& path, int error) {
  if (error == EACCES || error == EPERM) {
    return {"forbidden", path + ": this user may not talk to the daemon; use root or the daemon's own user"};
  }
  return {"no_daemon", "no daemon answers at " + path + " (" + std::strerror(error) +
                           "); is davylampd running, and with this configuration? systemctl status davylamp tells"};
}

base::Error silent() {
  return {"no_daemon", "the daemon took too long to answer; its log may tell why"};
}

bool wait_for(int descriptor, short what, Clock::time_point end) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd waited{descriptor, what, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

base::Result<void> connect_to(const Socket& socket, const std::string& path, Clock::time_point end) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return base::fail("no_daemon", path + ": a socket's path is shorter");
  std::ranges::copy(path, address.sun_path);
  while (::connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    // EAGAIN: the daemon's queue of callers is full.
    if (errno != EAGAIN && errno != EINTR) return std::unexpected(unreachable(path, errno));
    if (Clock::now() >= end) return std::unexpected(silent());
    ::poll(nullptr, 0, 20);
  }
  return {};
}

base::Result<void> send_all(const Socket& socket, std::string_view bytes, Clock::time_point end) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!wait_for(socket.descriptor(), POLLOUT, end)) return std::unexpected(silent());
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return {};  // it has answered without reading everything
    } else if (errno != EINTR) {
      return base::fail("no_daemon", std::string("the daemon went away: ") + std::strerror(errno));
    }
  }
  return {};
}

base::Result<std::string> receive_all(const Socket& socket, Clock::time_point end) {
  std::string answer;
  std::array<char, 65'536> part{};
  while (true) {
    const auto count = ::recv(socket.descriptor(), part.data(), part.size(), 0);
    if (count == 0) return answer;
    if (count > 0) {
      answer.append(part.data(), static_cast<std::size_t>(count));
      if (answer.size() > longest_answer_bytes) return base::fail("bad_answer", "the daemon's answer does not end");
    } else if (errno == EAGAIN) {
      if (!wait_for(socket.descriptor(), POLLIN, end)) return std::unexpected(silent());
    } else if (errno == ECONNRESET) {
      return answer;
    } else if (errno != EINTR) {
      return base::fail("no_daemon", std::string("the daemon went away: ") + std::strerror(errno));
    }
  }
}

std::string head_of(const ControlRequest& request) {
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                     "Accept: application/json, application/problem+json\r\n";
  if (!request.body.empty()) head += "Content-Type: application/json\r\n";
  if (request.method != "GET") head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

std::unexpected<base::Error> no_http() {
  return base::fail("bad_answer", "what answers at the control socket does not speak HTTP; is it davylampd?");
}

std::unexpected<base::Error> cut_short() {
  return base::fail("bad_answer", "the daemon's answer was cut short; try again, and see its log");
}

base::Result<std::string> unchunked(std::string_view rest) {
  std::string body;
  while (true) {
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) return cut_short();
    std::size_t size = 0;
    const auto digits = rest.substr(0, std::min(rest.find(';'), end));
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (error != std::errc{} || stop != digits.data() + digits.size()) return no_http();
    rest.remove_prefix(end + 2);
    if (size == 0) return body;
    if (rest.size() < 2 || size > rest.size() - 2) return cut_short();
    body.append(rest.substr(0, size));
    rest.remove_prefix(size + 2);
  }
}

}  // namespace

base::Result<ControlAnswer> parse_answer(std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (bytes.empty()) return cut_short();
  if (!bytes.starts_with("HTTP/1.") || bytes.size() < 12 || end == std::string_view::npos) return no_http();
  const auto status = base::parse_number<std::uint32_t>(bytes.substr(9, 3));
  if (!status) return no_http();
  ControlAnswer answer{*status, std::string(bytes.substr(end + 4))};
  for (auto line : base::split(bytes.substr(0, end), '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = base::to_lower(base::trim(line.substr(0, colon)));
    const auto value = base::to_lower(base::trim(line.substr(colon + 1)));
    if (name == "transfer-encoding" && value == "chunked") {
      auto body = unchunked(bytes.substr(end + 4));
      if (!body) return std::unexpected(body.error());
      answer.body = std::move(*body);
    } else if (name == "content-length") {
      const auto length = base::parse_number<std::size_t>(value);
      if (!length) return no_http();
      if (answer.body.size() < *length) return cut_short();
      answer.body.resize(*length);
    }
  }
  return answer;
}

base::Result<ControlAnswer> ask_daemon(const std::string& socket_path, const ControlRequest& request,
                                       std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  const Socket socket;
  if (const auto connected = connect_to(socket, socket_path, end); !connected)
    return std::unexpected(connected.error());
  if (const auto sent = send_all(socket, head_of(request) + request.body, end); !sent)
    return std::unexpected(sent.error());
  const auto bytes = receive_all(socket, end);
  if (!bytes) return std::unexpected(bytes.error());
  return parse_answer(*bytes);
}

}  // namespace davylamp::app
