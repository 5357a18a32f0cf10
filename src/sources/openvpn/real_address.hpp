#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace davylamp::openvpn {

enum class Transport : std::uint8_t { unknown, udp, tcp };

// The Real Address column of a status row, taken apart. All views point into the parsed text.
//
// Accepted: `a.b.c.d`, `a.b.c.d:port`, a bare IPv6 address (up to 2.6: no port, no brackets), `[v6]:port`, a MAC with
// an optional `@vlan`, and since 2.7 any of them behind a protocol (`udp4:`, `tcp6-server:`, ...). A dual-stack socket
// writes `udp6:` in front of dotted IPv4, so the protocol says nothing about the address family.
struct RealAddress {
  Transport transport = Transport::unknown;
  std::string_view protocol;  // as written before the colon; empty up to 2.6
  std::string_view address;   // without brackets, port and protocol
  std::optional<std::uint16_t> port;
  bool is_mac = false;
};

std::optional<RealAddress> parse_real_address(std::string_view text);

// For addresses that were blacked out before the file was shared (`999.999.999.999:1194`): only splits off what looks
// like a protocol and a port. The address may be anything.
RealAddress split_unreadable_address(std::string_view text);

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);  // a `%zone` behind the address is accepted
bool is_mac(std::string_view text);   // `aa:bb:cc:dd:ee:ff`, with or without `@vlan`

}  // namespace davylamp::openvpn
