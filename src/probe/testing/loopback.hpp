// Servers on loopback that say what a test wants, each in a thread of its own.
#pragma once

#include <sys/socket.h>

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "io/task.hpp"

namespace davylamp::probe::testing {

// Runs `task` to its end on a loop of its own, and everything else that was started there.
template <class Value>
Value run(boost::asio::io_context& loop, io::Task<Value> task) {
  auto result = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
  loop.restart();
  loop.run();
  return result.get();
}

// `answer` gets the request's head and body as text, and gives the bytes to send; empty: the connection is closed.
class WebStub {
 public:
  using Answer = std::function<std::string(const std::string& request)>;
  explicit WebStub(Answer answer)
      : answer_(std::move(answer)), acceptor_(loop_, {boost::asio::ip::address_v4::loopback(), 0}) {
    port_ = acceptor_.local_endpoint().port();
    thread_ = std::thread([this] { serve(); });
  }
  ~WebStub() {
    stopping_ = true;
    ::shutdown(in_hand_, SHUT_RDWR);  // a client that keeps its connection
    boost::system::error_code ignored;
    boost::asio::ip::tcp::socket wake(loop_);
    wake.connect({boost::asio::ip::address_v4::loopback(), port_}, ignored);
    thread_.join();
  }
  WebStub(const WebStub&) = delete;
  WebStub& operator=(const WebStub&) = delete;
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  int connections() const { return connections_; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (!stopping_) {
      boost::system::error_code error;
      boost::asio::ip::tcp::socket socket(loop_);
      acceptor_.accept(socket, error);
      if (error || stopping_) continue;
      ++connections_;
      in_hand_ = socket.native_handle();
      while (!stopping_ && serve_one(socket)) {
      }
      in_hand_ = -1;
    }
  }
  bool serve_one(boost::asio::ip::tcp::socket& socket) {
    boost::system::error_code error;
    std::string request;
    const auto head = boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n", error);
    if (error) return false;
    const auto at = request.find("Content-Length: ");
    const auto length = at == std::string::npos || at > head ? 0 : std::stoul(request.substr(at + 16));
    const auto got = request.size() - head;
    request.resize(head + std::max<std::size_t>(length, got));
    if (length > got) boost::asio::read(socket, boost::asio::buffer(request.data() + head + got, length - got), error);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const auto reply = answer_(request);
    boost::asio::write(socket, boost::asio::buffer(reply), error);
    return !error && !reply.empty() && reply.find("Connection: close") == std::string::npos;
  }

  Answer answer_;
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<int> in_hand_ = -1;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

inline std::string ok(const std::string& body, const std::string& more = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

// A name server over UDP and TCP on one port.
class DnsStub {
 public:
  using Answer = std::function<std::vector<std::byte>(std::span<const std::byte> question, bool over_tcp)>;
  explicit DnsStub(Answer answer)
      : answer_(std::move(answer)),
        tcp_(loop_, {boost::asio::ip::address_v4::loopback(), 0}),
        udp_(loop_, boost::asio::ip::udp::v4()) {
    share_a_port();
    udp_thread_ = std::thread([this] { serve_udp(); });
    tcp_thread_ = std::thread([this] { serve_tcp(); });
  }
  ~DnsStub() {
    stopping_ = true;
    boost::system::error_code ignored;
    boost::asio::ip::udp::socket wake(loop_, boost::asio::ip::udp::v4());
    wake.send_to(boost::asio::buffer("x", 1), {boost::asio::ip::address_v4::loopback(), port_}, 0, ignored);
    boost::asio::ip::tcp::socket call(loop_);
    call.connect({boost::asio::ip::address_v4::loopback(), port_}, ignored);
    udp_thread_.join();
    tcp_thread_.join();
  }
  DnsStub(const DnsStub&) = delete;
  DnsStub& operator=(const DnsStub&) = delete;
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  // A port that is free for TCP may be somebody's for UDP: then another one.
  void share_a_port() {
    const auto loopback = boost::asio::ip::address_v4::loopback();
    boost::system::error_code taken;
    for (int tries = 0; tries < 50; ++tries) {
      port_ = tcp_.local_endpoint().port();
      udp_.bind({loopback, port_}, taken);
      if (!taken) return;
      tcp_ = boost::asio::ip::tcp::acceptor(loop_, {loopback, 0});
    }
    throw boost::system::system_error(taken);
  }
  void serve_udp() {
    while (!stopping_) {
      std::array<std::byte, 2'000> buffer{};
      boost::asio::ip::udp::endpoint from;
      boost::system::error_code error;
      const auto size = udp_.receive_from(boost::asio::buffer(buffer), from, 0, error);
      if (error || stopping_) continue;
      const auto reply = answer_(std::span(buffer).first(size), false);
      if (!reply.empty()) udp_.send_to(boost::asio::buffer(reply), from, 0, error);
    }
  }
  void serve_tcp() {
    while (!stopping_) {
      boost::system::error_code error;
      boost::asio::ip::tcp::socket socket(loop_);
      tcp_.accept(socket, error);
      std::array<std::uint8_t, 2> size{};
      if (error || stopping_ || boost::asio::read(socket, boost::asio::buffer(size), error) != 2) continue;
      std::vector<std::byte> question(static_cast<std::size_t>(size[0] << 8U | size[1]));
      boost::asio::read(socket, boost::asio::buffer(question), error);
      const auto reply = answer_(question, true);
      const std::array<std::uint8_t, 2> length{static_cast<std::uint8_t>(reply.size() >> 8U),
                                               static_cast<std::uint8_t>(reply.size() & 0xffU)};
      boost::asio::write(socket, boost::asio::buffer(length), error);
      boost::asio::write(socket, boost::asio::buffer(reply), error);
    }
  }

  Answer answer_;
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::acceptor tcp_;
  boost::asio::ip::udp::socket udp_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread udp_thread_;
  std::thread tcp_thread_;
};

}  // namespace davylamp::probe::testing
