// The first bytes of an IP packet.
#pragma once

#include <cstddef>
#include <span>

#include "sources/firewall/packet.hpp"

namespace davylamp::firewall {

// Fills in what an IPv4 (RFC 791) or IPv6 (RFC 8200, with its extension headers) header and the first bytes behind it
// tell; what is cut off stays absent. False when not even the addresses are there.
bool read_ip_header(std::span<const std::byte> bytes, Packet& packet);

}  // namespace davylamp::firewall
