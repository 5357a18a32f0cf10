#include "sources/firewall/nflog_message.hpp"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#include <cstring>

#include "base/text.hpp"
#include "sources/firewall/ip_header.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::size_t aligned(std::size_t size) {
  return (size + 3U) & ~std::size_t{3};
}

template <class T>
std::optional<T> read_as(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::optional<std::uint32_t> number(std::span<const std::byte> bytes) {
  const auto value = read_as<std::uint32_t>(bytes);
  if (!value) return std::nullopt;
  return ntohl(*value);
}

// Ends with a zero byte.
std::string_view text(std::span<const std::byte> bytes) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return base::trim(all.substr(0, all.find('\0')));
}

std::optional<base::Time> time(std::span<const std::byte> bytes) {
  const auto stamp = read_as<nfulnl_msg_packet_timestamp>(bytes);
  if (!stamp) return std::nullopt;
  const auto seconds = be64toh(stamp->sec);
  const auto micros = be64toh(stamp->usec);
  if (seconds > (1ULL << 40U) || micros >= 1'000'000) return std::nullopt;
  return base::Time{base::Milliseconds{static_cast<std::int64_t>(seconds * 1000 + micros / 1000)}};
}

void take_attribute(unsigned type, std::span<const std::byte> value, NflogPacket& found) {
  switch (type) {
    case NFULA_PREFIX:
      found.packet.prefix = text(value);
      break;
    case NFULA_IFINDEX_INDEV:
      found.in_index = number(value).value_or(0);
      break;
    case NFULA_IFINDEX_OUTDEV:
      found.out_index = number(value).value_or(0);
      break;
    case NFULA_TIMESTAMP:
      found.at = time(value);
      break;
    case NFULA_SEQ:
      found.sequence = number(value);
      break;
    case NFULA_SEQ_GLOBAL:
      found.global_sequence = number(value);
      break;
    case NFULA_PAYLOAD:
      found.readable = read_ip_header(value, found.packet);
      break;
    default:
      break;
  }
}

// False when an attribute runs over the end.
bool read_attributes(std::span<const std::byte> bytes, NflogPacket& found) {
  while (bytes.size() >= sizeof(nlattr)) {
    const auto head = *read_as<nlattr>(bytes);
    if (head.nla_len < sizeof(nlattr) || head.nla_len > bytes.size()) return false;
    take_attribute(head.nla_type & NLA_TYPE_MASK, bytes.subspan(sizeof(nlattr), head.nla_len - sizeof(nlattr)), found);
    bytes = bytes.subspan(std::min(aligned(head.nla_len), bytes.size()));
  }
  return true;
}

void put(std::vector<std::byte>& message, const void* from, std::size_t size) {
  const auto* bytes = static_cast<const std::byte*>(from);
  message.insert(message.end(), bytes, bytes + size);
}

template <class T>
void put_attribute(std::vector<std::byte>& message, int type, const T& value) {
  const nlattr head{static_cast<__u16>(sizeof(nlattr) + sizeof value), static_cast<__u16>(type)};
  put(message, &head, sizeof head);
  put(message, &value, sizeof value);
  message.resize(aligned(message.size()));
}

std::vector<std::byte> request(std::uint16_t group) {
  std::vector<std::byte> message;
  nlmsghdr head{};
  head.nlmsg_type = (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_CONFIG;
  head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  put(message, &head, sizeof head);
  nfgenmsg family{};
  family.res_id = htons(group);
  put(message, &family, sizeof family);
  return message;
}

std::vector<std::byte> finished(std::vector<std::byte> message) {
  const auto size = static_cast<__u32>(message.size());
  std::memcpy(message.data(), &size, sizeof size);
  return message;
}

void take_message(const nlmsghdr& head, std::span<const std::byte> body, NflogCounts& counts,
                  const std::function<void(const NflogPacket&)>& take) {
  if (head.nlmsg_type == NLMSG_ERROR) {
    const auto error = read_as<int>(body);
    if (error) counts.error = -*error;
    return;
  }
  if (head.nlmsg_type != ((NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_PACKET)) {
    if (head.nlmsg_type != NLMSG_DONE) ++counts.others;
    return;
  }
  const auto family = read_as<nfgenmsg>(body);
  NflogPacket found;
  if (!family || !read_attributes(body.subspan(sizeof(nfgenmsg)), found)) {
    ++counts.unreadable;
    return;
  }
  found.group = ntohs(family->res_id);
  ++counts.packets;
  if (!found.readable) ++counts.unreadable;
  take(found);
}

}  // namespace

NflogCounts read_nflog(std::span<const std::byte> datagram, const std::function<void(const NflogPacket&)>& take) {
  NflogCounts counts;
  while (datagram.size() >= sizeof(nlmsghdr)) {
    const auto head = *read_as<nlmsghdr>(datagram);
    if (head.nlmsg_len < sizeof(nlmsghdr) || head.nlmsg_len > datagram.size()) {
      ++counts.unreadable;
      return counts;
    }
    take_message(head, datagram.subspan(sizeof(nlmsghdr), head.nlmsg_len - sizeof(nlmsghdr)), counts, take);
    datagram = datagram.subspan(std::min(aligned(head.nlmsg_len), datagram.size()));
  }
  if (!datagram.empty()) ++counts.unreadable;
  return counts;
}

std::vector<std::byte> bind_request(std::uint16_t group) {
  auto message = request(group);
  nfulnl_msg_config_cmd command{};
  command.command = NFULNL_CFG_CMD_BIND;
  put_attribute(message, NFULA_CFG_CMD, command);
  return finished(std::move(message));
}

std::vector<std::byte> mode_request(std::uint16_t group, const NflogMode& mode) {
  auto message = request(group);
  nfulnl_msg_config_mode copy{};
  copy.copy_range = htonl(mode.copy_bytes);
  copy.copy_mode = NFULNL_COPY_PACKET;
  put_attribute(message, NFULA_CFG_MODE, copy);
  put_attribute(message, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ | NFULNL_CFG_F_SEQ_GLOBAL));
  put_attribute(message, NFULA_CFG_NLBUFSIZ, htonl(mode.buffer_bytes));
  put_attribute(message, NFULA_CFG_QTHRESH, htonl(mode.queue));
  put_attribute(message, NFULA_CFG_TIMEOUT, htonl(mode.wait_centiseconds));
  return finished(std::move(message));
}

}  // namespace davylamp::firewall
