#include "witness/interfaces/link_messages.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace davylamp::interfaces {
namespace {

std::string kind_of(std::span<const std::byte> link_info) {
  std::string kind;
  io::for_each_attribute(link_info, [&](const io::NetlinkAttribute& attribute) {
    if (attribute.type == IFLA_INFO_KIND) kind = io::read_text(attribute.body);
  });
  return kind;
}

void take_totals(std::span<const std::byte> body, model::InterfaceFacts& facts) {
  const auto totals = io::read_value<rtnl_link_stats64>(body);
  facts.rx_bytes = totals.rx_bytes;
  facts.tx_bytes = totals.tx_bytes;
  facts.rx_packets = totals.rx_packets;
  facts.tx_packets = totals.tx_packets;
  facts.rx_dropped = totals.rx_dropped;
  facts.tx_dropped = totals.tx_dropped;
}

bool read_totals(std::span<const std::byte> attributes, std::uint16_t wanted, model::InterfaceFacts& facts) {
  bool found = false;
  io::for_each_attribute(attributes, [&](const io::NetlinkAttribute& attribute) {
    if (attribute.type != wanted) return;
    take_totals(attribute.body, facts);
    found = true;
  });
  return found;
}

template <class Body>
std::vector<std::byte> dump_request(std::uint16_t type, const Body& body, std::uint32_t sequence) {
  nlmsghdr header{};
  header.nlmsg_len = sizeof header + sizeof body;
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = sequence;
  std::vector<std::byte> request(header.nlmsg_len);
  std::memcpy(request.data(), &header, sizeof header);
  std::memcpy(request.data() + sizeof header, &body, sizeof body);
  return request;
}

}  // namespace

std::optional<Link> read_link(std::span<const std::byte> body) {
  if (body.size() < sizeof(ifinfomsg)) return std::nullopt;
  const auto head = io::read_value<ifinfomsg>(body);
  // A bridge tells of its ports in messages of the same type.
  if (head.ifi_family != AF_UNSPEC) return std::nullopt;
  Link link{head.ifi_index, "", head.ifi_type == ARPHRD_PPP ? "ppp" : "", (head.ifi_flags & IFF_UP) != 0};
  io::for_each_attribute(body.subspan(NLMSG_ALIGN(sizeof head)), [&](const io::NetlinkAttribute& attribute) {
    if (attribute.type == IFLA_IFNAME) link.name = io::read_text(attribute.body);
    if (attribute.type != IFLA_LINKINFO) return;
    if (auto kind = kind_of(attribute.body); !kind.empty()) link.kind = std::move(kind);
  });
  return link.name.empty() ? std::nullopt : std::optional(std::move(link));
}

int stats_index(std::span<const std::byte> body) {
  return static_cast<int>(io::read_value<if_stats_msg>(body).ifindex);
}

bool read_stats(std::span<const std::byte> body, model::InterfaceFacts& facts) {
  if (body.size() < sizeof(if_stats_msg)) return false;
  return read_totals(body.subspan(sizeof(if_stats_msg)), IFLA_STATS_LINK_64, facts);
}

bool read_link_stats(std::span<const std::byte> body, model::InterfaceFacts& facts) {
  if (body.size() < sizeof(ifinfomsg)) return false;
  return read_totals(body.subspan(NLMSG_ALIGN(sizeof(ifinfomsg))), IFLA_STATS64, facts);
}

std::vector<std::byte> links_request(std::uint32_t sequence) {
  return dump_request(RTM_GETLINK, ifinfomsg{}, sequence);
}

std::vector<std::byte> stats_request(std::uint32_t sequence) {
  if_stats_msg wanted{};
  wanted.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  return dump_request(RTM_GETSTATS, wanted, sequence);
}

bool name_matches(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t tried = 0;
  while (in < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      tried = in;
    } else if (at < pattern.size() && pattern[at] == name[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++tried;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace davylamp::interfaces
