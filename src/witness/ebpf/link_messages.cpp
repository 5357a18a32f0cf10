#include "witness/ebpf/link_messages.hpp"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>
#include <optional>

#include "io/netlink_messages.hpp"

namespace davylamp::ebpf {
namespace {

using Bytes = std::span<const std::byte>;

std::string name_in(Bytes attributes) {
  std::string name;
  io::for_each_attribute(attributes, [&](const io::NetlinkAttribute& attribute) {
    if (attribute.type == IFLA_IFNAME) name = io::read_text(attribute.body);
  });
  return name;
}

std::optional<Link> link_in(const io::NetlinkMessage& message) {
  const auto device = io::read_whole<ifinfomsg>(message.body);
  // A port that leaves a bridge is told as a deletion, too, of the family of bridges.
  if (!device || device->ifi_family != AF_UNSPEC) return std::nullopt;
  Link link;
  link.index = device->ifi_index;
  link.name = name_in(message.body.subspan(sizeof(ifinfomsg)));
  link.up = (device->ifi_flags & IFF_UP) != 0;
  link.loopback = (device->ifi_flags & IFF_LOOPBACK) != 0;
  link.gone = message.type == RTM_DELLINK;
  if (link.index <= 0 || link.name.empty()) return std::nullopt;
  return link;
}

}  // namespace

LinkMessages parse_link_messages(Bytes datagram) {
  LinkMessages messages;
  io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
    if (message.type == NLMSG_DONE) messages.done = true;
    if (message.type != RTM_NEWLINK && message.type != RTM_DELLINK) return;
    if (auto link = link_in(message)) messages.links.push_back(std::move(*link));
  });
  return messages;
}

std::vector<std::byte> link_listing_request() {
  struct Request {
    nlmsghdr header;
    ifinfomsg device;
  };
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  std::vector<std::byte> bytes(sizeof request);
  std::memcpy(bytes.data(), &request, sizeof request);
  return bytes;
}

}  // namespace davylamp::ebpf
