// Addresses for sockets of the benchmarks' own.
#pragma once

#include <netinet/in.h>

#include <cstdint>

namespace davylamp::bench {

// Both in host byte order.
inline sockaddr_in ipv4_address(std::uint32_t address, std::uint16_t port) {
  sockaddr_in made{};
  made.sin_family = AF_INET;
  made.sin_port = htons(port);
  made.sin_addr.s_addr = htonl(address);
  return made;
}

}  // namespace davylamp::bench
