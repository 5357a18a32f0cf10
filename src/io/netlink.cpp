#include "io/netlink.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <string>

namespace davylamp::io {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  const bool refused = error == EPERM || error == EACCES || error == EPROTONOSUPPORT || error == EAFNOSUPPORT;
  throw base::Failure(refused ? "refused" : "netlink", what + ": " + std::strerror(error));
}

void set_receive_bytes(int handle, std::size_t bytes) {
  const int wanted = static_cast<int>(bytes);
  if (::setsockopt(handle, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) == 0) return;
  ::setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
}

int open_socket(const Netlink::Options& options) {
  const int handle = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, options.protocol);
  if (handle < 0) fail("netlink protocol " + std::to_string(options.protocol) + " cannot be opened", errno);
  return handle;
}

}  // namespace

Netlink::Netlink(boost::asio::any_io_executor executor, const Options& options)
    : descriptor_(executor, open_socket(options)), buffer_(options.read_bytes) {
  if (options.receive_bytes > 0) set_receive_bytes(descriptor_.native_handle(), options.receive_bytes);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = options.groups;
  if (::bind(descriptor_.native_handle(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    fail("netlink protocol " + std::to_string(options.protocol) + " cannot be joined", errno);
}

void Netlink::join(std::uint32_t group) {
  if (::setsockopt(descriptor_.native_handle(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0)
    fail("netlink group " + std::to_string(group) + " cannot be joined", errno);
}

void Netlink::send(std::span<const std::byte> message) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const auto sent = ::sendto(descriptor_.native_handle(), message.data(), message.size(), 0,
                             reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
  if (sent < 0) fail("a netlink request was not taken", errno);
}

Netlink::Read Netlink::read(const std::function<void(std::span<const std::byte>)>& take, unsigned most) {
  for (unsigned taken = 0; taken < most; ++taken) {
    // MSG_TRUNC: the true length, so that a datagram that did not fit is seen.
    const auto size = ::recv(descriptor_.native_handle(), buffer_.data(), buffer_.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == ENOBUFS) {
      ++overruns_;
      return Read::overrun;
    }
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return taken > 0 ? Read::messages : Read::nothing;
    if (size < 0) fail("a netlink socket cannot be read", errno);
    if (static_cast<std::size_t>(size) > buffer_.size()) {
      ++overruns_;
      return Read::overrun;
    }
    take(std::span(buffer_).first(static_cast<std::size_t>(size)));
  }
  return Read::messages;
}

Task<void> Netlink::readable() {
  co_await descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read, boost::asio::use_awaitable);
}

}  // namespace davylamp::io
