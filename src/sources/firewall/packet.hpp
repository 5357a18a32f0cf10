// A packet that a firewall logged, whichever way the log came.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/address.hpp"

namespace davylamp::firewall {

// TCP flags as in the header (RFC 9293, 3.1).
enum TcpFlag : std::uint8_t { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16, urg = 32, ece = 64, cwr = 128 };

// Texts are views into what was parsed.
struct Packet {
  std::string_view prefix;        // without blanks at its ends
  std::string_view in_interface;  // by name; empty where it is not told
  std::string_view out_interface;
  std::string_view hardware;  // "02:00:5e:...", as the log writes it
  std::optional<model::Address> source;
  std::optional<model::Address> destination;
  std::uint8_t protocol = 0;  // of IP; 255 where the log names one that is not known here
  std::optional<std::uint16_t> source_port;
  std::optional<std::uint16_t> destination_port;
  std::optional<std::uint32_t> length;  // of the IP packet
  std::optional<std::uint16_t> hops;    // TTL, or hop limit
  std::uint8_t tcp_flags = 0;
  std::optional<std::uint8_t> icmp_type;
  std::optional<std::uint8_t> icmp_code;
  std::optional<std::uint32_t> spi;  // of ESP and AH
};

// "tcp" for 6; empty for one without a name here.
std::string_view protocol_name(std::uint8_t protocol);
// By name in any case or by number; nothing for neither.
std::optional<std::uint8_t> protocol_of(std::string_view text);

}  // namespace davylamp::firewall
