#include "witness/conntrack/list_request.hpp"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>

#include <bit>
#include <concepts>
#include <cstring>
#include <span>

namespace davylamp::conntrack {
namespace {

// CTA_FILTER's flags (net/netfilter/nf_internals.h): which fields of the tuple count.
constexpr std::uint32_t by_protocol = 1U << 3;
constexpr std::uint32_t by_source_port = 1U << 4;
constexpr std::uint32_t by_destination_port = 1U << 5;
// Newer than some headers.
constexpr std::uint16_t filter_attribute = 25;
constexpr std::uint16_t status_mask_attribute = 26;
constexpr std::uint16_t filter_original_flags = 1;
constexpr std::uint16_t filter_reply_flags = 2;

class Builder {
 public:
  template <class T>
  void put(const T& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  }
  std::size_t begin(std::uint16_t type) {
    const auto at = bytes_.size();
    put(nlattr{0, type});
    return at;
  }
  void end(std::size_t at) {
    const auto size = static_cast<std::uint16_t>(bytes_.size() - at);
    std::memcpy(bytes_.data() + at, &size, sizeof size);
  }
  template <std::unsigned_integral T>
  void attribute(std::uint16_t type, T value) {
    put(nlattr{static_cast<std::uint16_t>(sizeof(nlattr) + sizeof value), type});
    if constexpr (std::endian::native == std::endian::little && sizeof value > 1) value = std::byteswap(value);
    put(value);
  }
  // Of the machine's own order.
  void flags(std::uint16_t type, std::uint32_t value) {
    put(nlattr{sizeof(nlattr) + sizeof value, type});
    put(value);
  }
  std::vector<std::byte> finish() {
    const auto size = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &size, sizeof size);
    return std::move(bytes_);
  }

 private:
  std::vector<std::byte> bytes_;
};

struct TupleFilter {
  std::uint16_t attribute;
  std::uint16_t port_attribute;
  std::uint16_t port;
};

void put_tuple(Builder& builder, std::uint8_t protocol, const TupleFilter& filter) {
  const auto tuple = builder.begin(filter.attribute | NLA_F_NESTED);
  const auto transport = builder.begin(CTA_TUPLE_PROTO | NLA_F_NESTED);
  builder.attribute(CTA_PROTO_NUM, protocol);
  builder.attribute(filter.port_attribute, filter.port);
  builder.end(transport);
  builder.end(tuple);
}

void put_ports(Builder& builder, const ListFilter& filter) {
  if (filter.family == 0 || !filter.protocol) return;
  std::uint32_t original = 0;
  std::uint32_t reply = 0;
  if (filter.original_port) {
    put_tuple(builder, *filter.protocol, {CTA_TUPLE_ORIG, CTA_PROTO_DST_PORT, *filter.original_port});
    original = by_protocol | by_destination_port;
  } else if (filter.origin_port) {
    put_tuple(builder, *filter.protocol, {CTA_TUPLE_ORIG, CTA_PROTO_SRC_PORT, *filter.origin_port});
    original = by_protocol | by_source_port;
  }
  if (filter.replying_port) {
    put_tuple(builder, *filter.protocol, {CTA_TUPLE_REPLY, CTA_PROTO_SRC_PORT, *filter.replying_port});
    reply = by_protocol | by_source_port;
  }
  if (original == 0 && reply == 0) return;
  const auto nest = builder.begin(filter_attribute | NLA_F_NESTED);
  builder.flags(filter_original_flags, original);
  builder.flags(filter_reply_flags, reply);
  builder.end(nest);
}

}  // namespace

std::vector<std::byte> list_request(const ListFilter& filter, std::uint32_t sequence) {
  Builder builder;
  builder.put(nlmsghdr{0, (NFNL_SUBSYS_CTNETLINK << 8U) | IPCTNL_MSG_CT_GET, NLM_F_REQUEST | NLM_F_DUMP, sequence, 0});
  builder.put(nfgenmsg{filter.family, NFNETLINK_V0, 0});
  put_ports(builder, filter);
  if (filter.status) {
    builder.attribute(CTA_STATUS, filter.status->value);
    builder.attribute(status_mask_attribute, filter.status->mask);
  }
  if (filter.mark) {
    builder.attribute(CTA_MARK, filter.mark->value);
    builder.attribute(CTA_MARK_MASK, filter.mark->mask);
  }
  if (filter.zone) builder.attribute(CTA_ZONE, *filter.zone);
  return builder.finish();
}

}  // namespace davylamp::conntrack
