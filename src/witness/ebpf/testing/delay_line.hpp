// A slow, lossy wire between descriptors, for a kernel without netem: what comes in at one end goes out at the other
// some time later, unless the test drops it.
#pragma once

#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <stdexcept>
#include <string>

#include "contract/testing/witness_scene.hpp"

namespace davylamp::ebpf::testing {

// Both ends must not wait (O_NONBLOCK) and keep datagrams apart.
class DelayLine {
 public:
  using Steady = std::chrono::steady_clock;
  DelayLine(int left, int right, std::chrono::milliseconds delay) : ends_{left, right}, delay_(delay) {}

  // Asked of each datagram that left sent; true: it is lost.
  std::function<bool(const std::string&)> loses;
  unsigned lost = 0;

  // Moves datagrams until `done`, at most 60 s.
  void until(const std::function<bool()>& done) {
    const auto deadline = Steady::now() + std::chrono::seconds(60);
    while (!done()) {
      if (Steady::now() > deadline) throw std::runtime_error("60 s were not enough for a slow wire");
      std::array<pollfd, 2> waiting{{{ends_[0], POLLIN, 0}, {ends_[1], POLLIN, 0}}};
      ::poll(waiting.data(), waiting.size(), 1);
      for (std::size_t from = 0; from < 2; ++from) take(from);
      deliver();
    }
  }
  // For so long nothing came in, and what had come in has gone out.
  bool quiet_for(std::chrono::milliseconds time) const {
    return under_way_.empty() && Steady::now() - taken_at_ >= time;
  }

 private:
  struct Datagram {
    Steady::time_point due;
    std::size_t to;
    std::string bytes;
  };
  void take(std::size_t from) {
    std::array<char, 2048> part{};
    for (;;) {
      const auto size = ::read(ends_[from], part.data(), part.size());
      if (size <= 0) return;
      std::string bytes(part.data(), static_cast<std::size_t>(size));
      taken_at_ = Steady::now();
      if (from == 0 && loses && loses(bytes)) {
        ++lost;
        continue;
      }
      under_way_.push_back({Steady::now() + delay_, 1 - from, std::move(bytes)});
    }
  }
  void deliver() {
    while (!under_way_.empty() && under_way_.front().due <= Steady::now()) {
      const auto& datagram = under_way_.front();
      // A host that is not up yet refuses; as on a wire, that is nobody's matter.
      if (::write(ends_[datagram.to], datagram.bytes.data(), datagram.bytes.size()) < 0) ++refused_;
      under_way_.pop_front();
    }
  }

  std::array<int, 2> ends_;
  std::chrono::milliseconds delay_;
  std::deque<Datagram> under_way_;
  Steady::time_point taken_at_ = Steady::now();
  unsigned refused_ = 0;
};

}  // namespace davylamp::ebpf::testing
