// A Server on a free loopback port, in a thread of its own, and a client that speaks bytes.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/server.hpp"
#include "io/task_scope.hpp"

namespace davylamp::api::testing {

// Answers with what it was asked; some paths do more.
//   /api/large      4,000 bytes of JSON
//   /api/huge       48 MB, more than sockets hold
//   /api/throw      throws std::runtime_error("inner matter")
//   /api/wait       never answers
//   /api/live       a stream that sends "hello" and then echoes
//   /api/flood      a stream that sends 1 MB again and again
//   /api/closed     a stream that ends at once
//   others          {"method","path","q","body","cookie"}, and "who" over the control socket
class EchoService : public Service {
 public:
  io::Task<Response> answer(Request request) override;
  io::Task<std::variant<Response, std::unique_ptr<LiveConnection>>> open_live(Request request) override;

  std::atomic<int> open_streams = 0;
};

// What was told, to be asked from the test's thread.
class RecordingLog : public RequestLog {
 public:
  void answered(const RequestRecord& record) override;
  void failed(std::string_view task, std::string_view why) override;
  std::vector<RequestRecord> records() const;
  std::vector<std::string> failures() const;

 private:
  mutable std::mutex mutex_;
  std::vector<RequestRecord> records_;
  std::vector<std::string> failures_;
};

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string host() const { return "localhost:" + std::to_string(port_); }
  ServerStats stats();
  // Waits until `true_now(stats)`, at most ten seconds.
  bool reaches(const std::function<bool(const ServerStats&)>& true_now);
  // Cancels run() and waits for its end; false when that takes more than ten seconds.
  bool stop();

  base::ManualClock clock;
  EchoService service;
  RecordingLog log;

 private:
  boost::asio::io_context loop_{1};
  std::uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
  io::TaskScope scope_;
  std::thread thread_;
};

// A blocking connection. Every wait ends after ten seconds, by an empty answer.
class Client {
 public:
  explicit Client(std::uint16_t port);
  explicit Client(const std::filesystem::path& path);  // of a Unix socket
  ~Client();
  Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Client& operator=(Client&&) = delete;

  // False when the peer has reset the connection.
  bool send(std::string_view bytes) const;
  // Up to the end of one response with Content-Length (or none, for HEAD, 204 and 304).
  std::string response(bool head = false);
  // Everything until the peer closes.
  std::string rest();
  // Exactly so many bytes, or fewer when the peer closes.
  std::string read(std::size_t bytes);
  std::string ask(std::string_view bytes) {
    send(bytes);
    return response();
  }
  void finish_sending() const;

 private:
  bool receive();
  int socket_ = -1;
  std::string buffer_;
};

unsigned status_of(std::string_view response);
std::string header_of(std::string_view response, std::string_view name);
std::string body_of(std::string_view response);
// "GET <target> HTTP/1.1", Host: localhost, `headers` each with its line end.
std::string get(std::string_view target, std::string_view headers = "");

}  // namespace davylamp::api::testing
