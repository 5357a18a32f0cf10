// How often an address may come with a token that nobody knows. Pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <map>

#include "base/time.hpp"

namespace davylamp::uplink {

class TokenPace {
 public:
  static constexpr unsigned most_failures = 5;
  static constexpr base::Seconds window{60};
  static constexpr std::size_t most_addresses = 4'096;  // more are together one

  // Whether it has failed too often of late: not even a handshake is worth it then.
  bool is_blocked(const boost::asio::ip::address& address, base::Time now) const {
    const auto found = failures_.find(key(address));
    return found != failures_.end() && found->second.count >= most_failures && now - found->second.began_at < window &&
           now >= found->second.began_at;
  }
  void failed(const boost::asio::ip::address& address, base::Time now) {
    if (failures_.size() >= most_addresses) {
      std::erase_if(failures_, [now](const auto& entry) { return now - entry.second.began_at >= window; });
    }
    auto& failures = failures_[failures_.size() < most_addresses ? key(address) : boost::asio::ip::address()];
    if (failures.count == 0 || now - failures.began_at >= window || now < failures.began_at) failures = {now, 0};
    ++failures.count;
  }

 private:
  struct Failures {
    base::Time began_at{};
    unsigned count = 0;
  };
  // Of IPv6 a whole /64 counts: so much is one subscriber's.
  static boost::asio::ip::address key(const boost::asio::ip::address& address) {
    if (!address.is_v6()) return address;
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6);
    auto bytes = v6.to_bytes();
    for (std::size_t i = 8; i < bytes.size(); ++i) bytes.at(i) = 0;
    return boost::asio::ip::address_v6(bytes);
  }

  std::map<boost::asio::ip::address, Failures> failures_;
};

}  // namespace davylamp::uplink
