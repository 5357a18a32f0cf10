#include "probe/route_messages.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>

#include "io/netlink_messages.hpp"

namespace davylamp::probe {
namespace {

// Addresses that are on the internet for certain: 1.1.1.1 and 2606:4700:4700::1111.
constexpr std::array<std::uint8_t, 4> somewhere_v4{1, 1, 1, 1};
constexpr std::array<std::uint8_t, 16> somewhere_v6{0x26, 0x06, 0x47, 0, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11};

template <class Body>
std::vector<std::byte> request(nlmsghdr header, const Body& body, std::span<const std::uint8_t> destination) {
  const nlattr attribute{static_cast<std::uint16_t>(sizeof(nlattr) + destination.size()), RTA_DST};
  const auto attributes = destination.empty() ? 0 : sizeof attribute + destination.size();
  header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + sizeof body + attributes);
  std::vector<std::byte> message(header.nlmsg_len);
  auto* at = message.data();
  std::memcpy(at, &header, sizeof header);
  std::memcpy(at + sizeof header, &body, sizeof body);
  if (destination.empty()) return message;
  at += sizeof header + sizeof body;
  std::memcpy(at, &attribute, sizeof attribute);
  std::memcpy(at + sizeof attribute, destination.data(), destination.size());
  return message;
}

std::string kind_of(std::span<const std::byte> link_info) {
  std::string kind;
  io::for_each_attribute(link_info, [&](const io::NetlinkAttribute& attribute) {
    if (attribute.type == IFLA_INFO_KIND) kind = io::read_text(attribute.body);
  });
  return kind;
}

}  // namespace

std::vector<std::byte> links_question(std::uint32_t sequence) {
  nlmsghdr header{};
  header.nlmsg_type = RTM_GETLINK;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = sequence;
  return request(header, ifinfomsg{}, {});
}

std::optional<HostLink> read_host_link(std::span<const std::byte> body) {
  if (body.size() < sizeof(ifinfomsg)) return std::nullopt;
  const auto head = io::read_value<ifinfomsg>(body);
  if (head.ifi_family != AF_UNSPEC) return std::nullopt;
  HostLink link;
  link.index = head.ifi_index;
  link.kind = head.ifi_type == ARPHRD_PPP ? "ppp" : "";
  link.up = (head.ifi_flags & IFF_UP) != 0;
  io::for_each_attribute(body.subspan(NLMSG_ALIGN(sizeof head)), [&](const io::NetlinkAttribute& attribute) {
    if (attribute.type == IFLA_IFNAME) link.name = io::read_text(attribute.body);
    if (attribute.type == IFLA_STATS64) {
      const auto totals = io::read_value<rtnl_link_stats64>(attribute.body);
      link.received_bytes = totals.rx_bytes;
      link.sent_bytes = totals.tx_bytes;
    }
    if (attribute.type != IFLA_LINKINFO) return;
    if (auto kind = kind_of(attribute.body); !kind.empty()) link.kind = std::move(kind);
  });
  return link.name.empty() ? std::nullopt : std::optional(std::move(link));
}

std::vector<std::byte> route_question(Family family, std::uint32_t sequence) {
  nlmsghdr header{};
  header.nlmsg_type = RTM_GETROUTE;
  header.nlmsg_flags = NLM_F_REQUEST;
  header.nlmsg_seq = sequence;
  rtmsg wanted{};
  wanted.rtm_family = family == Family::v4 ? AF_INET : AF_INET6;
  wanted.rtm_dst_len = family == Family::v4 ? 32 : 128;
  if (family == Family::v4) return request(header, wanted, somewhere_v4);
  return request(header, wanted, somewhere_v6);
}

std::optional<int> read_route(std::span<const std::byte> body) {
  const auto head = io::read_whole<rtmsg>(body);
  if (!head || head->rtm_type != RTN_UNICAST) return std::nullopt;
  std::optional<int> index;
  io::for_each_attribute(body.subspan(NLMSG_ALIGN(sizeof(rtmsg))), [&](const io::NetlinkAttribute& attribute) {
    if (attribute.type == RTA_OIF) index = io::read_whole<int>(attribute.body);
  });
  return index;
}

}  // namespace davylamp::probe
