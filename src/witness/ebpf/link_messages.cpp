#include "witness/ebpf/link_messages.hpp"

#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>
#include <optional>

namespace davylamp::ebpf {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t aligned(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

template <class Header>
std::optional<Header> header_of(Bytes bytes) {
  if (bytes.size() < sizeof(Header)) return std::nullopt;
  Header header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

Bytes after(Bytes bytes, std::size_t size) {
  return bytes.subspan(std::min(bytes.size(), aligned(size)));
}

std::string name_in(Bytes attributes) {
  while (const auto header = header_of<rtattr>(attributes)) {
    if (header->rta_len < sizeof(rtattr) || header->rta_len > attributes.size()) break;
    if (header->rta_type == IFLA_IFNAME) {
      const auto text = attributes.first(header->rta_len).subspan(sizeof(rtattr));
      const auto* characters = reinterpret_cast<const char*>(text.data());
      return {characters, ::strnlen(characters, text.size())};
    }
    attributes = after(attributes, header->rta_len);
  }
  return {};
}

std::optional<Link> link_in(const nlmsghdr& header, Bytes body) {
  const auto device = header_of<ifinfomsg>(body);
  // A port that leaves a bridge is told as a deletion, too, of the family of bridges.
  if (!device || device->ifi_family != AF_UNSPEC) return std::nullopt;
  Link link;
  link.index = device->ifi_index;
  link.name = name_in(after(body, sizeof(ifinfomsg)));
  link.up = (device->ifi_flags & IFF_UP) != 0;
  link.loopback = (device->ifi_flags & IFF_LOOPBACK) != 0;
  link.gone = header.nlmsg_type == RTM_DELLINK;
  if (link.index <= 0 || link.name.empty()) return std::nullopt;
  return link;
}

}  // namespace

LinkMessages parse_link_messages(Bytes datagram) {
  LinkMessages messages;
  while (const auto header = header_of<nlmsghdr>(datagram)) {
    if (header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) break;
    if (header->nlmsg_type == NLMSG_DONE) messages.done = true;
    if (header->nlmsg_type == RTM_NEWLINK || header->nlmsg_type == RTM_DELLINK) {
      auto link = link_in(*header, datagram.first(header->nlmsg_len).subspan(sizeof(nlmsghdr)));
      if (link) messages.links.push_back(std::move(*link));
    }
    datagram = after(datagram, header->nlmsg_len);
  }
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
