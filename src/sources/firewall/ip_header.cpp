#include "sources/firewall/ip_header.hpp"

#include <algorithm>

namespace davylamp::firewall {
namespace {

constexpr int most_extensions = 8;

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}
std::uint16_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}
std::uint32_t long_at(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(word_at(bytes, at)) << 16U | word_at(bytes, at + 2);
}

void read_transport(std::span<const std::byte> bytes, Packet& packet) {
  constexpr std::uint8_t icmp = 1, tcp = 6, udp = 17, dccp = 33, esp = 50, ah = 51, icmpv6 = 58, sctp = 132,
                         udplite = 136;
  switch (packet.protocol) {
    case tcp:
    case udp:
    case dccp:
    case sctp:
    case udplite:
      if (bytes.size() >= 2) packet.source_port = word_at(bytes, 0);
      if (bytes.size() >= 4) packet.destination_port = word_at(bytes, 2);
      if (packet.protocol == tcp && bytes.size() >= 14) packet.tcp_flags = byte_at(bytes, 13);
      break;
    case icmp:
    case icmpv6:
      if (!bytes.empty()) packet.icmp_type = byte_at(bytes, 0);
      if (bytes.size() >= 2) packet.icmp_code = byte_at(bytes, 1);
      break;
    case esp:
      if (bytes.size() >= 4) packet.spi = long_at(bytes, 0);
      break;
    case ah:
      if (bytes.size() >= 8) packet.spi = long_at(bytes, 4);
      break;
    default:
      break;
  }
}

bool read_v4(std::span<const std::byte> bytes, Packet& packet) {
  const std::size_t header = std::size_t{byte_at(bytes, 0) & 15U} * 4;
  if (bytes.size() < 20 || header < 20) return false;
  const auto address = [&](std::size_t at) {
    return model::Address::from_v4(
        {byte_at(bytes, at), byte_at(bytes, at + 1), byte_at(bytes, at + 2), byte_at(bytes, at + 3)});
  };
  packet.length = word_at(bytes, 2);
  packet.hops = byte_at(bytes, 8);
  packet.protocol = byte_at(bytes, 9);
  packet.source = address(12);
  packet.destination = address(16);
  const bool first_fragment = (word_at(bytes, 6) & 0x1FFFU) == 0;
  if (first_fragment && bytes.size() > header) read_transport(bytes.subspan(header), packet);
  return true;
}

// Hop-by-hop, routing, fragment, authentication, destination options, mobility, HIP, Shim6.
bool is_extension(std::uint8_t next) {
  return next == 0 || next == 43 || next == 44 || next == 60 || next == 135 || next == 139 || next == 140;
}

bool read_v6(std::span<const std::byte> bytes, Packet& packet) {
  if (bytes.size() < 40) return false;
  const auto address = [&](std::size_t at) {
    std::array<std::uint8_t, 16> raw{};
    for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = byte_at(bytes, at + i);
    return model::Address::from_v6(raw);
  };
  packet.length = std::uint32_t{word_at(bytes, 4)} + 40;
  packet.hops = byte_at(bytes, 7);
  packet.source = address(8);
  packet.destination = address(24);
  packet.protocol = byte_at(bytes, 6);
  auto rest = bytes.subspan(40);
  for (int i = 0; i < most_extensions && is_extension(packet.protocol); ++i) {
    if (rest.size() < 8) return true;
    const bool fragment = packet.protocol == 44;
    if (fragment && (word_at(rest, 2) & 0xFFF8U) != 0) {
      packet.protocol = byte_at(rest, 0);
      return true;
    }
    const std::size_t size = fragment ? 8 : (std::size_t{byte_at(rest, 1)} + 1) * 8;
    packet.protocol = byte_at(rest, 0);
    rest = rest.subspan(std::min(size, rest.size()));
  }
  read_transport(rest, packet);
  return true;
}

}  // namespace

bool read_ip_header(std::span<const std::byte> bytes, Packet& packet) {
  if (bytes.empty()) return false;
  const unsigned version = byte_at(bytes, 0) >> 4U;
  if (version == 4) return read_v4(bytes, packet);
  if (version == 6) return read_v6(bytes, packet);
  return false;
}

}  // namespace davylamp::firewall
