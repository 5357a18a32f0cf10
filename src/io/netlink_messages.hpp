// The messages of a netlink datagram, and the attributes of a message: walks over bytes, bounded whatever they say.
#pragma once

#include <linux/netlink.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace davylamp::io {

struct NetlinkMessage {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::span<const std::byte> body;
};

struct NetlinkAttribute {
  std::uint16_t type = 0;  // without the flags of nesting and byte order
  std::span<const std::byte> body;
};

// Gives `take` each whole message. False when the bytes end in the middle of one.
template <class Take>
bool for_each_message(std::span<const std::byte> datagram, Take&& take) {
  while (datagram.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header;
    std::memcpy(&header, datagram.data(), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) return false;
    take(NetlinkMessage{header.nlmsg_type, header.nlmsg_flags, header.nlmsg_seq,
                        datagram.subspan(sizeof header, header.nlmsg_len - sizeof header)});
    datagram = datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size()));
  }
  return datagram.empty();
}

// Gives `take` each whole attribute. False when the bytes end in the middle of one, or when `take` returns false, which
// ends the walk.
template <class Take>
bool for_each_attribute(std::span<const std::byte> attributes, Take&& take) {
  while (attributes.size() >= sizeof(nlattr)) {
    nlattr header;
    std::memcpy(&header, attributes.data(), sizeof header);
    if (header.nla_len < sizeof header || header.nla_len > attributes.size()) return false;
    const NetlinkAttribute attribute{static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK),
                                     attributes.subspan(sizeof header, header.nla_len - sizeof header)};
    if constexpr (std::is_same_v<std::invoke_result_t<Take&, const NetlinkAttribute&>, bool>) {
      if (!take(attribute)) return false;
    } else {
      take(attribute);
    }
    attributes = attributes.subspan(std::min<std::size_t>(NLA_ALIGN(header.nla_len), attributes.size()));
  }
  return attributes.empty();
}

// The first bytes of `body` as a value; what is missing is zero.
template <class Value>
Value read_value(std::span<const std::byte> body) {
  Value value{};
  std::memcpy(&value, body.data(), std::min(sizeof value, body.size()));
  return value;
}

// The first bytes of `body` as a value; none when it is shorter than that.
template <class Value>
std::optional<Value> read_whole(std::span<const std::byte> body) {
  if (body.size() < sizeof(Value)) return std::nullopt;
  return read_value<Value>(body);
}

// `body` as text, up to its first zero byte. Lives as long as the bytes.
inline std::string_view read_text(std::span<const std::byte> body) {
  const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace davylamp::io
