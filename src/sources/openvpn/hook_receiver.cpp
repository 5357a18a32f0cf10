#include "sources/openvpn/hook_receiver.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "hook/message.hpp"

namespace davylamp::openvpn {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::datagram_protocol;

constexpr int most_datagrams_at_once = 256;

Protocol::endpoint endpoint_of(const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
    throw base::Failure("hook_directory", "the path of the socket " + path +
                                              " is too long for the system; choose a shorter hook_directory");
  }
  return Protocol::endpoint(path);
}

// Who sent a datagram, by the kernel's word.
std::optional<UserId> sender_of(const msghdr& header) {
  auto* part = CMSG_FIRSTHDR(&header);
  if (part == nullptr || part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS) return std::nullopt;
  ucred sender{};
  std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
  return sender.uid;
}

}  // namespace

HookReceiver::HookReceiver(const asio::any_io_executor& executor, std::string path, std::set<UserId> accounts)
    : socket_(executor), path_(std::move(path)), accounts_(std::move(accounts)), buffer_(hook::most_message_bytes) {
  const auto endpoint = endpoint_of(path_);
  ::unlink(path_.c_str());
  boost::system::error_code error;
  socket_.open(Protocol(), error);
  if (!error) socket_.non_blocking(true, error);
  const int yes = 1;
  if (!error && ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) != 0) {
    error.assign(errno, boost::system::system_category());
  }
  if (!error) socket_.bind(endpoint, error);
  if (!error && ::chmod(path_.c_str(), 0666) != 0) error.assign(errno, boost::system::system_category());
  if (error) throw base::Failure("hook_directory", "cannot listen on " + path_ + ": " + error.message());
}

HookReceiver::~HookReceiver() {
  ::unlink(path_.c_str());
}

io::Task<void> HookReceiver::read(Take take) {
  for (;;) {
    co_await socket_.async_wait(Protocol::socket::wait_read, asio::use_awaitable);
    drain(take);
  }
}

void HookReceiver::drain(const Take& take) {
  for (int i = 0; i < most_datagrams_at_once; ++i) {
    iovec part{.iov_base = buffer_.data(), .iov_len = buffer_.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred))];
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const auto got = ::recvmsg(socket_.native_handle(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0) return;
    const auto sender = sender_of(header);
    if (!sender || !accounts_.contains(*sender)) {
      ++forged_;
      continue;
    }
    auto line = std::span(buffer_).first(static_cast<std::size_t>(got));
    const bool whole =
        (static_cast<unsigned>(header.msg_flags) & MSG_TRUNC) == 0 && !line.empty() && line.back() == '\n';
    take(whole ? line.first(line.size() - 1) : line.first(0));
  }
}

}  // namespace davylamp::openvpn
