// What rtnetlink says of network devices (linux/rtnetlink.h).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace davylamp::ebpf {

struct Link {
  int index = 0;
  std::string name;
  bool up = false;
  bool loopback = false;
  bool gone = false;
  bool operator==(const Link&) const = default;
};

struct LinkMessages {
  std::vector<Link> links;  // in the order they were told
  bool done = false;        // the end of a listing
};

// One datagram. What is cut off or not about a device is left out.
LinkMessages parse_link_messages(std::span<const std::byte> datagram);

// Asks for all of them.
std::vector<std::byte> link_listing_request();

}  // namespace davylamp::ebpf
