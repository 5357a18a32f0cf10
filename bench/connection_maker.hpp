// Tracked connections made by hand, for benchmarks: UDP from many peers to one service.
#pragma once

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "io/netlink.hpp"
#include "witness/conntrack/ctnetlink.hpp"

namespace davylamp::bench {

// Messages that make connections, many in one datagram.
class Maker {
 public:
  explicit Maker(const boost::asio::any_io_executor& executor)
      : netlink_(executor, {.protocol = NETLINK_NETFILTER, .receive_bytes = 1 << 20}) {}
  void make(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      put_connection(static_cast<std::uint32_t>(i));
      if (bytes_.size() > 30'000 || i + 1 == count) {
        netlink_.send(bytes_);
        bytes_.clear();
        read_answers();
      }
    }
  }
  void flush() {
    const auto at = begin_message(IPCTNL_MSG_CT_DELETE, NLM_F_REQUEST);
    end_message(at);
    netlink_.send(bytes_);
    bytes_.clear();
  }

 private:
  // Only refusals are answered.
  void read_answers() {
    conntrack::Message message;
    netlink_.read([&](std::span<const std::byte> rest) {
      while (next_message(rest, message))
        if (message.error != 0) throw std::runtime_error("no connection: " + std::string(std::strerror(message.error)));
    });
  }
  template <class T>
  void put(const T& value) {
    const auto raw = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  }
  std::size_t begin_message(std::uint16_t type, std::uint16_t flags) {
    const auto at = bytes_.size();
    put(nlmsghdr{0, static_cast<std::uint16_t>((NFNL_SUBSYS_CTNETLINK << 8U) | type), flags, 0, 0});
    put(nfgenmsg{AF_INET, NFNETLINK_V0, 0});
    return at;
  }
  void end_message(std::size_t at) {
    const auto size = static_cast<std::uint32_t>(bytes_.size() - at);
    std::memcpy(bytes_.data() + at, &size, sizeof size);
  }
  template <class T>
  void attribute(std::uint16_t type, T value) {
    put(nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + sizeof value), type});
    put(value);
  }
  std::size_t begin(std::uint16_t type) {
    const auto at = bytes_.size();
    put(nlattr{0, static_cast<std::uint16_t>(type | NLA_F_NESTED)});
    return at;
  }
  void end(std::size_t at) {
    const auto size = static_cast<std::uint16_t>(bytes_.size() - at);
    std::memcpy(bytes_.data() + at, &size, sizeof size);
  }
  struct Ends {
    std::uint32_t source;
    std::uint32_t destination;
    std::uint16_t source_port;
    std::uint16_t destination_port;
  };
  void put_tuple(std::uint16_t type, const Ends& ends) {
    const auto tuple = begin(type);
    const auto addresses = begin(CTA_TUPLE_IP);
    attribute(CTA_IP_V4_SRC, htonl(ends.source));
    attribute(CTA_IP_V4_DST, htonl(ends.destination));
    end(addresses);
    const auto transport = begin(CTA_TUPLE_PROTO);
    attribute(CTA_PROTO_NUM, std::uint8_t{IPPROTO_UDP});
    attribute(CTA_PROTO_SRC_PORT, htons(ends.source_port));
    attribute(CTA_PROTO_DST_PORT, htons(ends.destination_port));
    end(transport);
    end(tuple);
  }
  void put_connection(std::uint32_t number) {
    const std::uint32_t peer = 0x0a620001U + number / 200;
    const std::uint32_t service = 0x0a4d0001U;
    const auto port = static_cast<std::uint16_t>(20'000 + number % 200);
    const auto at = begin_message(IPCTNL_MSG_CT_NEW, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL);
    put_tuple(CTA_TUPLE_ORIG, {peer, service, port, 1194});
    put_tuple(CTA_TUPLE_REPLY, {service, peer, 1194, port});
    attribute(CTA_STATUS,
              htonl(conntrack::status::confirmed | conntrack::status::assured | conntrack::status::seen_reply));
    attribute(CTA_TIMEOUT, htonl(3600));
    end_message(at);
  }

  io::Netlink netlink_;
  std::vector<std::byte> bytes_;
};

}  // namespace davylamp::bench
