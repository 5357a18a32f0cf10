#include "api/testing/test_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <deque>
#include <stdexcept>

#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::api::testing {
namespace {

constexpr std::chrono::seconds patience{30};

io::Task<void> wait_for_ever() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_at(boost::asio::steady_timer::time_point::max());
  co_await timer.async_wait(boost::asio::use_awaitable);
}

// Sends "hello" and then what it receives.
class EchoConnection : public LiveConnection {
 public:
  EchoConnection(std::atomic<int>& open, bool ended) : open_(open), ended_(ended) { ++open_; }
  ~EchoConnection() override { --open_; }
  io::Task<std::shared_ptr<const std::string>> next() override {
    if (ended_) co_return nullptr;
    if (!wake_) wake_.emplace(co_await boost::asio::this_coro::executor);
    while (messages_.empty()) {
      wake_->expires_at(boost::asio::steady_timer::time_point::max());
      co_await wake_->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    auto message = std::make_shared<const std::string>(messages_.front());
    messages_.pop_front();
    co_return message;
  }
  void received(std::string_view text) override {
    messages_.emplace_back(text);
    if (wake_) wake_->cancel();
  }

 private:
  std::atomic<int>& open_;
  bool ended_;
  std::deque<std::string> messages_{"hello"};
  std::optional<boost::asio::steady_timer> wake_;
};

class FloodConnection : public LiveConnection {
 public:
  io::Task<std::shared_ptr<const std::string>> next() override { co_return message_; }
  void received(std::string_view) override {}

 private:
  std::shared_ptr<const std::string> message_ = std::make_shared<const std::string>(1'000'000, 'x');
};

}  // namespace

io::Task<Response> EchoService::answer(Request request) {
  if (request.path == "/api/throw") throw std::runtime_error("inner matter");
  if (request.path == "/api/wait") co_await wait_for_ever();
  Response response;
  if (request.path == "/api/large") {
    response.body = "\"" + std::string(3998, 'x') + "\"";
    co_return response;
  }
  if (request.path == "/api/huge") {
    response.shared_body = std::make_shared<const std::string>(48'000'000, 'x');
    response.etag = "W/\"huge\"";
    co_return response;
  }
  std::map<std::string, std::string> seen{{"path", request.path},
                                          {"q", request.query["q"]},
                                          {"body", request.body},
                                          {"cookie", request.cookies["davylamp_access"]},
                                          {"from", request.remote_address.to_string()},
                                          {"secure", request.secure ? "yes" : "no"}};
  if (request.local_account) seen["who"] = *request.local_account;
  base::json::append(response.body, seen);
  co_return response;
}

io::Task<std::variant<Response, std::unique_ptr<LiveConnection>>> EchoService::open_live(Request request) {
  if (request.path == "/api/throw") throw std::runtime_error("inner matter");
  if (request.path == "/api/flood") co_return std::make_unique<FloodConnection>();
  if (request.path != "/api/live" && request.path != "/api/closed") {
    Response response;
    response.status = 401;
    co_return response;
  }
  co_return std::make_unique<EchoConnection>(open_streams, request.path == "/api/closed");
}

void RecordingLog::answered(const RequestRecord& record) {
  const std::lock_guard lock(mutex_);
  records_.push_back(record);
}
void RecordingLog::failed(std::string_view task, std::string_view why) {
  const std::lock_guard lock(mutex_);
  failures_.push_back(std::string(task) + ": " + std::string(why));
}
std::vector<RequestRecord> RecordingLog::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}
std::vector<std::string> RecordingLog::failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

TestServer::TestServer(ServerOptions options)
    : scope_(loop_.get_executor(), [this](const std::string& task, const std::exception_ptr&) {
        log.failed(task, "ended by an exception");
      }) {
  options.port = 0;
  options.clock = &clock;
  server_ = std::make_unique<Server>(loop_.get_executor(), std::move(options), service, log);
  port_ = server_->port();
  scope_.spawn("server", server_->run());
  thread_ = std::thread([this] { loop_.run(); });
}

TestServer::~TestServer() {
  stop();
}

bool TestServer::stop() {
  if (!thread_.joinable()) return true;
  auto ended = std::make_shared<std::promise<void>>();
  boost::asio::post(loop_, [this] { scope_.cancel(); });
  std::thread joiner([this, ended] {
    thread_.join();
    ended->set_value();
  });
  const bool in_time = ended->get_future().wait_for(patience) == std::future_status::ready;
  if (!in_time) loop_.stop();
  joiner.join();
  return in_time;
}

ServerStats TestServer::stats() {
  std::promise<ServerStats> answer;
  auto future = answer.get_future();
  boost::asio::post(loop_, [this, &answer] { answer.set_value(server_->stats()); });
  return future.get();
}

bool TestServer::reaches(const std::function<bool(const ServerStats&)>& true_now) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (true_now(stats())) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

Client::Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{patience.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("the test client cannot connect");
  }
}

Client::Client(const std::filesystem::path& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{patience.count(), 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("the test client cannot connect");
  }
}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

bool Client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::receive() {
  std::array<char, 16384> chunk{};
  ssize_t size = -1;
  // A process that was stopped and goes on is told so here, without a signal handler: the socket has a time limit.
  do size = ::recv(socket_, chunk.data(), chunk.size(), 0);
  while (size < 0 && errno == EINTR);
  if (size > 0) buffer_.append(chunk.data(), static_cast<std::size_t>(size));
  return size > 0;
}

std::string Client::response(bool head) {
  while (!buffer_.contains("\r\n\r\n")) {
    if (!receive()) return std::exchange(buffer_, {});
  }
  const auto end = buffer_.find("\r\n\r\n") + 4;
  const auto length =
      base::parse_number<std::size_t>(header_of(std::string_view(buffer_).substr(0, end), "Content-Length"));
  return read(end + (head ? 0 : length.value_or(0)));
}

std::string Client::rest() {
  while (receive()) {
  }
  return std::exchange(buffer_, {});
}

std::string Client::read(std::size_t bytes) {
  while (buffer_.size() < bytes && receive()) {
  }
  auto taken = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return taken;
}

void Client::finish_sending() const {
  ::shutdown(socket_, SHUT_WR);
}

unsigned status_of(std::string_view response) {
  if (!response.starts_with("HTTP/1.1 ")) return 0;
  return base::parse_number<unsigned>(response.substr(9, 3)).value_or(0);
}

std::string header_of(std::string_view response, std::string_view name) {
  const auto line = "\r\n" + std::string(name) + ": ";
  const auto begin = response.find(line);
  if (begin == std::string_view::npos) return "";
  const auto value = response.substr(begin + line.size());
  return std::string(value.substr(0, value.find("\r\n")));
}

std::string body_of(std::string_view response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(response.substr(end + 4));
}

std::string get(std::string_view target, std::string_view headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n";
}

}  // namespace davylamp::api::testing
