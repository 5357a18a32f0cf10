#include "sources/firewall/nflog_message.hpp"

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>

#include <cstring>

#include "base/text.hpp"
#include "io/netlink_messages.hpp"
#include "sources/firewall/ip_header.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::size_t aligned(std::size_t size) {
  return (size + 3U) & ~std::size_t{3};
}

std::optional<std::uint32_t> number(std::span<const std::byte> bytes) {
  const auto value = io::read_whole<std::uint32_t>(bytes);
  if (!value) return std::nullopt;
  return ntohl(*value);
}

std::optional<base::Time> time(std::span<const std::byte> bytes) {
  const auto stamp = io::read_whole<nfulnl_msg_packet_timestamp>(bytes);
  if (!stamp) return std::nullopt;
  const auto seconds = be64toh(stamp->sec);
  const auto micros = be64toh(stamp->usec);
  if (seconds > (1ULL << 40U) || micros >= 1'000'000) return std::nullopt;
  return base::Time{base::Milliseconds{static_cast<std::int64_t>(seconds * 1000 + micros / 1000)}};
}

void take_attribute(const io::NetlinkAttribute& attribute, NflogPacket& found) {
  const auto value = attribute.body;
  switch (attribute.type) {
    case NFULA_PREFIX:
      found.packet.prefix = base::trim(io::read_text(value));
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

void take_message(const io::NetlinkMessage& message, NflogCounts& counts,
                  const std::function<void(const NflogPacket&)>& take) {
  if (message.type == NLMSG_ERROR) {
    const auto error = io::read_whole<int>(message.body);
    if (error) counts.error = -*error;
    return;
  }
  if (message.type != ((NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_PACKET)) {
    if (message.type != NLMSG_DONE) ++counts.others;
    return;
  }
  const auto family = io::read_whole<nfgenmsg>(message.body);
  NflogPacket found;
  const auto take_one = [&found](const io::NetlinkAttribute& attribute) { take_attribute(attribute, found); };
  if (!family || !io::for_each_attribute(message.body.subspan(sizeof(nfgenmsg)), take_one)) {
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
  const bool whole =
      io::for_each_message(datagram, [&](const io::NetlinkMessage& message) { take_message(message, counts, take); });
  if (!whole) ++counts.unreadable;
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
