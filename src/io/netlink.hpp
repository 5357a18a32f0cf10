// A netlink socket on a loop: one kernel subsystem, requests and notifications.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "io/task.hpp"

namespace davylamp::io {

// Belongs to one loop and one coroutine at a time. The network namespace is that of the thread that made it.
class Netlink {
 public:
  struct Options {
    int protocol = 0;                    // NETLINK_NETFILTER, NETLINK_SOCK_DIAG ...
    std::uint32_t groups = 0;            // a mask of the first 32 multicast groups
    std::size_t receive_bytes = 0;       // SO_RCVBUFFORCE, or SO_RCVBUF without the privilege; 0: the kernel's default
    std::size_t read_bytes = 64 * 1024;  // what one read takes
  };
  // Throws Failure: "refused" when the kernel has no such subsystem or does not allow it, else "netlink".
  Netlink(boost::asio::any_io_executor executor, const Options& options);

  // A multicast group by number, for those above 32. Throws Failure.
  void join(std::uint32_t group);
  // Sends one message whole. Throws Failure.
  void send(std::span<const std::byte> message);
  // What came in the last read.
  enum class Read : std::uint8_t {
    messages,  // at least one datagram was given to `take`
    nothing,   // none waits
    overrun,   // ENOBUFS: the kernel dropped messages; what is known must be listed anew
  };
  // Gives `take` each datagram that waits, at most `most`; never waits itself. Throws Failure when the socket fails.
  Read read(const std::function<void(std::span<const std::byte>)>& take, unsigned most = 64);
  // Until something can be read.
  Task<void> readable();
  // Of this socket: how often messages were dropped for want of room (ENOBUFS).
  std::uint64_t overruns() const { return overruns_; }
  // SO_ATTACH_FILTER and other things that need it.
  int native_handle() { return descriptor_.native_handle(); }

 private:
  boost::asio::posix::stream_descriptor descriptor_;
  std::vector<std::byte> buffer_;
  std::uint64_t overruns_ = 0;
};

}  // namespace davylamp::io
