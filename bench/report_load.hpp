// A load of reports: many connections to a server on loopback, one request under way on each.
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace davylamp::bench {

using LoadClock = std::chrono::steady_clock;

struct LoadResult {
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;  // not answered by 200
  std::chrono::duration<double> took{0};
  std::vector<double> milliseconds;  // of each answer, from when it was due
  double percentile(double part) {
    if (milliseconds.empty()) return 0;
    std::ranges::sort(milliseconds);
    return milliseconds[std::min(milliseconds.size() - 1,
                                 static_cast<std::size_t>(part * static_cast<double>(milliseconds.size())))];
  }
};

// Each request is sent on its own connection, again and again.
class ReportLoad {
 public:
  ReportLoad(std::uint16_t port, std::vector<std::string> requests) : requests_(std::move(requests)) {
    epoll_ = ::epoll_create1(0);
    for (std::size_t i = 0; i < requests_.size(); ++i) lines_.push_back({connect_to(port), {}, {}});
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, lines_[i].socket, &event);
    }
  }
  ~ReportLoad() {
    for (const auto& line : lines_) ::close(line.socket);
    ::close(epoll_);
  }
  ReportLoad(const ReportLoad&) = delete;
  ReportLoad& operator=(const ReportLoad&) = delete;

  // As fast as answers come: `count` of them.
  LoadResult burst(std::uint64_t count) {
    LoadResult result;
    const auto begun = LoadClock::now();
    for (std::size_t i = 0; i < lines_.size(); ++i) send(i, LoadClock::now());
    std::uint64_t sent = lines_.size();
    while (result.answered < count) {
      for (const auto index : wait(-1)) {
        receive(index, result);
        if (lines_[index].busy() || sent >= count) continue;
        send(index, LoadClock::now());
        ++sent;
      }
    }
    result.took = LoadClock::now() - begun;
    return result;
  }

  // `per_second` of them, each when it is due; one for which no connection is free waits, and that counts.
  LoadResult steady(double per_second, std::chrono::duration<double> span) {
    LoadResult result;
    const auto begun = LoadClock::now();
    const auto count = static_cast<std::uint64_t>(per_second * span.count());
    std::deque<std::size_t> free;
    for (std::size_t i = 0; i < lines_.size(); ++i) free.push_back(i);
    for (std::uint64_t sent = 0; result.answered < count;) {
      const auto due = begun + std::chrono::duration_cast<LoadClock::duration>(
                                   std::chrono::duration<double>(static_cast<double>(sent) / per_second));
      if (sent < count && !free.empty() && LoadClock::now() >= due) {
        send(free.front(), due);
        free.pop_front();
        ++sent;
        continue;
      }
      for (const auto index : wait(sent < count && !free.empty() ? 0 : 1)) {
        receive(index, result);
        if (!lines_[index].busy()) free.push_back(index);
      }
    }
    result.took = LoadClock::now() - begun;
    return result;
  }

 private:
  struct Line {
    int socket;
    std::string answer;
    LoadClock::time_point due;
    bool waiting = false;
    bool busy() const { return waiting; }
  };

  static int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect to the server under test");
    }
    return socket;
  }
  void send(std::size_t index, LoadClock::time_point due) {
    auto& line = lines_[index];
    line.due = due;
    line.waiting = true;
    const auto& request = requests_[index];
    if (::send(line.socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
      throw std::runtime_error("the server under test takes no more");
    }
  }
  std::vector<std::size_t> wait(int milliseconds) {
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
    std::vector<std::size_t> ready;
    for (int i = 0; i < count; ++i) ready.push_back(events.at(static_cast<std::size_t>(i)).data.u64);
    return ready;
  }
  void receive(std::size_t index, LoadResult& result) {
    auto& line = lines_[index];
    std::array<char, 4'096> bytes{};
    const auto size = ::recv(line.socket, bytes.data(), bytes.size(), 0);
    if (size <= 0) throw std::runtime_error("the server under test closed a connection");
    line.answer.append(bytes.data(), static_cast<std::size_t>(size));
    // Every answer here ends with its one object.
    if (!line.answer.contains("\r\n\r\n") || !line.answer.ends_with('}')) return;
    ++result.answered;
    result.refused += line.answer.starts_with("HTTP/1.1 200") ? 0 : 1;
    result.milliseconds.push_back(std::chrono::duration<double, std::milli>(LoadClock::now() - line.due).count());
    line.answer.clear();
    line.waiting = false;
  }

  std::vector<std::string> requests_;
  std::vector<Line> lines_;
  int epoll_ = -1;
};

}  // namespace davylamp::bench
