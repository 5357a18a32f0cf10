// Receives the datagrams of davylamp-hook.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "io/task.hpp"
#include "sources/openvpn/hook_accounts.hpp"

namespace davylamp::openvpn {

// Everyone on the host can send; the kernel says who did, and what others than `accounts` send is counted and dropped.
// Lives on the executor's thread.
class HookReceiver {
 public:
  // Without the line feed; empty for what was no line.
  using Take = std::function<void(std::span<char> line)>;

  // Binds `path`, in place of whatever socket is left there. Throws Failure.
  HookReceiver(const boost::asio::any_io_executor& executor, std::string path, std::set<UserId> accounts);
  // Removes the socket, so that hooks notice at once that nobody listens.
  ~HookReceiver();
  HookReceiver(const HookReceiver&) = delete;
  HookReceiver& operator=(const HookReceiver&) = delete;

  // Until cancelled. Takes nothing of what comes later than that.
  io::Task<void> read(Take take);
  // What waits now, without waiting for more.
  void drain(const Take& take);
  std::uint64_t forged() const { return forged_; }

 private:
  boost::asio::local::datagram_protocol::socket socket_;
  std::string path_;
  std::set<UserId> accounts_;
  std::vector<char> buffer_;
  std::uint64_t forged_ = 0;
};

}  // namespace davylamp::openvpn
