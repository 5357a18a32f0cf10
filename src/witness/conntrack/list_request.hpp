// Requests to the kernel's connection tracking.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace davylamp::conntrack {

// Which entries a listing holds; all conditions must be met. The kernel needs a certain age for each (mark: any,
// status 5.17, ports 5.8); an older one answers EINVAL or lists everything: whoever asks filters again.
struct ListFilter {
  std::uint8_t family = 0;               // AF_INET, AF_INET6; 0: both, then without ports
  std::optional<std::uint8_t> protocol;  // IPPROTO_*
  // With a family and a protocol, one of:
  std::optional<std::uint16_t> original_port;  // what the first packet was sent to
  std::optional<std::uint16_t> origin_port;    // what it was sent from
  std::optional<std::uint16_t> replying_port;  // what answers come from, after any translation
  struct Masked {
    std::uint32_t value = 0;
    std::uint32_t mask = 0xffffffff;
  };
  std::optional<Masked> status;
  std::optional<Masked> mark;
  std::optional<std::uint16_t> zone;
};

// A message that asks for a listing; answers carry `sequence`.
std::vector<std::byte> list_request(const ListFilter& filter, std::uint32_t sequence);

}  // namespace davylamp::conntrack
