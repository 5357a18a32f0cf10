// Names into addresses, as every program of this host does it (the C library: /etc/hosts, search domains, DNS).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "io/task.hpp"
#include "probe/family.hpp"

namespace davylamp::probe {

// Keeps what it learnt for ten minutes, and longer while names cannot be resolved. Belongs to one loop.
class HostNames {
 public:
  explicit HostNames(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // In the order to be tried; of one family when that is asked for. Throws Failure: "no_address" when the name has
  // none, "timeout".
  io::Task<std::vector<boost::asio::ip::tcp::endpoint>> find(std::string host, std::uint16_t port,
                                                             std::optional<Family> family);
  // What is kept is asked for anew.
  void forget() { known_.clear(); }

 private:
  struct Known {
    std::vector<boost::asio::ip::address> addresses;
    std::chrono::steady_clock::time_point until;
  };
  struct Look;
  io::Task<std::vector<boost::asio::ip::address>> ask(const std::string& host, std::optional<Family> family);

  boost::asio::any_io_executor executor_;
  std::map<std::string, Known> known_;
};

}  // namespace davylamp::probe
