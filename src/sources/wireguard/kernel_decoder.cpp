#include "sources/wireguard/kernel_decoder.hpp"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "io/netlink_messages.hpp"

namespace davylamp::wireguard {
namespace {

using io::for_each_attribute;
using io::NetlinkAttribute;
using io::read_whole;
using Bytes = std::span<const std::byte>;

constexpr std::size_t aligned(std::size_t size) {
  return (size + 3U) & ~std::size_t{3};
}

template <class T>
void append(std::vector<std::byte>& out, const T& value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), first, first + sizeof value);
}

// NLMSG_ERROR and NLMSG_DONE both begin with a negative errno; a DONE may be without.
int errno_of(Bytes payload) {
  const auto code = read_whole<std::int32_t>(payload).value_or(0);
  return code == std::numeric_limits<std::int32_t>::min() ? EIO : -code;
}

struct GenericRequest {
  std::uint16_t type;
  std::uint16_t flags;
  std::uint32_t sequence;
  std::uint8_t command;
};

std::vector<std::byte> request(const GenericRequest& wanted, std::uint16_t attribute, std::string_view text) {
  std::vector<std::byte> out;
  const nlattr name{static_cast<std::uint16_t>(sizeof(nlattr) + text.size() + 1), attribute};
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(sizeof(nlmsghdr) + sizeof(genlmsghdr) + aligned(name.nla_len));
  head.nlmsg_type = wanted.type;
  head.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | wanted.flags);
  head.nlmsg_seq = wanted.sequence;
  append(out, head);
  append(out, genlmsghdr{wanted.command, 1, 0});
  append(out, name);
  for (const char c : text) out.push_back(static_cast<std::byte>(c));
  out.resize(head.nlmsg_len);
  return out;
}

std::optional<model::Address> address_of(Bytes bytes) {
  if (const auto v6 = bytes.size() == 16 ? read_whole<std::array<std::uint8_t, 16>>(bytes) : std::nullopt)
    return model::Address::from_v6(*v6);
  if (const auto v4 = bytes.size() == 4 ? read_whole<std::array<std::uint8_t, 4>>(bytes) : std::nullopt)
    return model::Address::from_v4(*v4);
  return std::nullopt;
}

std::optional<model::Endpoint> endpoint_of(Bytes bytes) {
  const auto family = read_whole<sa_family_t>(bytes);
  if (family == AF_INET6) {
    const auto v6 = read_whole<sockaddr_in6>(bytes);
    if (!v6) return std::nullopt;
    return model::Endpoint{*address_of(std::as_bytes(std::span(v6->sin6_addr.s6_addr))), ntohs(v6->sin6_port)};
  }
  const auto v4 = family == AF_INET ? read_whole<sockaddr_in>(bytes) : std::nullopt;
  if (!v4) return std::nullopt;
  return model::Endpoint{*address_of(std::as_bytes(std::span(&v4->sin_addr, 1))), ntohs(v4->sin_port)};
}

struct KernelTime {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

std::optional<std::int64_t> nanoseconds_of(Bytes bytes) {
  constexpr std::int64_t second_ns = 1'000'000'000;
  const auto time = read_whole<KernelTime>(bytes);
  if (!time || time->seconds < 0 || time->seconds >= std::numeric_limits<std::int64_t>::max() / second_ns - 1 ||
      time->nanoseconds < 0 || time->nanoseconds >= second_ns)
    return std::nullopt;
  return time->seconds * second_ns + time->nanoseconds;
}

std::optional<AllowedIp> allowed_of(Bytes attributes) {
  std::optional<model::Address> address;
  std::optional<std::uint8_t> bits;
  const bool whole = for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
    if (attribute.type == WGALLOWEDIP_A_IPADDR) address = address_of(attribute.body);
    if (attribute.type == WGALLOWEDIP_A_CIDR_MASK) bits = read_whole<std::uint8_t>(attribute.body);
  });
  if (!whole || !address || !bits || *bits > (address->is_v4() ? 32 : 128)) return std::nullopt;
  return AllowedIp{*address, *bits};
}

template <class T>
void take_number(Device& device, Bytes payload, T& into) {
  const auto value = read_whole<T>(payload);
  if (value) {
    into = *value;
  } else {
    device.note_problem("an attribute that is too short");
  }
}

}  // namespace

std::vector<std::byte> family_request(std::uint32_t sequence) {
  return request({GENL_ID_CTRL, 0, sequence, CTRL_CMD_GETFAMILY}, CTRL_ATTR_FAMILY_NAME, WG_GENL_NAME);
}

std::vector<std::byte> device_request(std::uint16_t family, std::uint32_t sequence, std::string_view interface) {
  return request({family, NLM_F_DUMP, sequence, WG_CMD_GET_DEVICE}, WGDEVICE_A_IFNAME, interface);
}

std::optional<FamilyAnswer> read_family(Bytes datagram, std::uint32_t sequence) {
  std::optional<FamilyAnswer> answer;
  io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
    if (answer || message.sequence != sequence) return;
    answer.emplace();
    if (message.type == NLMSG_ERROR) {
      answer->error = errno_of(message.body);
    } else if (message.body.size() >= sizeof(genlmsghdr)) {
      for_each_attribute(message.body.subspan(sizeof(genlmsghdr)), [&](const NetlinkAttribute& attribute) {
        if (attribute.type == CTRL_ATTR_FAMILY_ID) answer->family = read_whole<std::uint16_t>(attribute.body);
      });
    }
  });
  return answer;
}

void KernelDecoder::take(Bytes datagram) {
  const bool whole = io::for_each_message(datagram, [&](const io::NetlinkMessage& message) {
    if (finished_ || (sequence_ && message.sequence != *sequence_)) return;
    if (message.type == NLMSG_ERROR || message.type == NLMSG_DONE) {
      finished_ = true;
      error_ = errno_of(message.body);
      return;
    }
    if ((message.flags & NLM_F_DUMP_INTR) != 0) device_.note_problem("the interface changed while it was read");
    const auto generic = read_whole<genlmsghdr>(message.body);
    if (message.type <= NLMSG_MIN_TYPE || !generic || generic->cmd != WG_CMD_GET_DEVICE) return;
    ++messages_;
    device(message.body.subspan(sizeof(genlmsghdr)));
  });
  if (!whole) device_.note_problem("a message that is cut");
}

void KernelDecoder::device(Bytes attributes) {
  const bool whole = for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
    switch (attribute.type) {
      case WGDEVICE_A_IFINDEX:
        return take_number(device_, attribute.body, device_.interface_index);
      case WGDEVICE_A_IFNAME:
        device_.interface = io::read_text(attribute.body);
        return;
      case WGDEVICE_A_PUBLIC_KEY:
        device_.public_key.emplace();
        return take_number(device_, attribute.body, device_.public_key->bytes);
      case WGDEVICE_A_LISTEN_PORT:
        return take_number(device_, attribute.body, device_.listen_port);
      case WGDEVICE_A_FWMARK:
        return take_number(device_, attribute.body, device_.fwmark);
      case WGDEVICE_A_PEERS:
        return peers(attribute.body);
      default:
        return;
    }
  });
  if (!whole) device_.note_problem("a message whose attributes are cut");
}

void KernelDecoder::peers(Bytes attributes) {
  if (!for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) { peer(attribute.body); }))
    device_.note_problem("a list of peers that is cut");
}

void KernelDecoder::peer(Bytes attributes) {
  Peer read;
  bool known = false;
  Bytes allowed;
  const bool whole = for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
    switch (attribute.type) {
      case WGPEER_A_PUBLIC_KEY:
        known = attribute.body.size() == read.public_key.bytes.size();
        return take_number(device_, attribute.body, read.public_key.bytes);
      case WGPEER_A_ENDPOINT:
        read.endpoint = endpoint_of(attribute.body);
        return;
      case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
        return take_number(device_, attribute.body, read.keepalive_seconds);
      case WGPEER_A_LAST_HANDSHAKE_TIME: {
        const auto time = nanoseconds_of(attribute.body);
        if (!time) device_.note_problem("a handshake's time is out of range");
        read.handshake_ns = time.value_or(0);
        return;
      }
      case WGPEER_A_RX_BYTES:
        return take_number(device_, attribute.body, read.rx_bytes);
      case WGPEER_A_TX_BYTES:
        return take_number(device_, attribute.body, read.tx_bytes);
      case WGPEER_A_PROTOCOL_VERSION:
        return take_number(device_, attribute.body, read.protocol);
      case WGPEER_A_ALLOWEDIPS:
        allowed = attribute.body;
        return;
      default:
        return;
    }
  });
  if (!whole || !known) return device_.note_problem("a peer that is cut, or without a public key");
  // A peer that did not fit goes on in the next message, with its key and prefixes alone.
  const bool goes_on = !device_.peers.empty() && device_.peers.back().public_key == read.public_key;
  if (!goes_on) {
    read.first_allowed = static_cast<std::uint32_t>(device_.allowed_ips.size());
    device_.peers.push_back(read);
  }
  allowed_ips(device_.peers.back(), allowed);
}

void KernelDecoder::allowed_ips(Peer& peer, Bytes attributes) {
  const bool whole = for_each_attribute(attributes, [&](const NetlinkAttribute& attribute) {
    const auto allowed = allowed_of(attribute.body);
    if (!allowed) return device_.note_problem("an allowed address that is none");
    device_.allowed_ips.push_back(*allowed);
    ++peer.allowed_count;
  });
  if (!whole) device_.note_problem("a list of allowed addresses that is cut");
}

}  // namespace davylamp::wireguard
