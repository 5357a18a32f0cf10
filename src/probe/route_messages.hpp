// What rtnetlink says of interfaces and ways (linux/rtnetlink.h, linux/if_link.h): requests and answers. Parse only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "probe/family.hpp"

namespace davylamp::probe {

// Totals are the interface's own: `received` came in through it.
struct HostLink {
  int index = 0;
  std::string name;
  std::string kind;  // "tun", "wireguard", "ppp", "veth", ...; empty: the kernel tells none
  bool up = false;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  bool operator==(const HostLink&) const = default;
};

std::vector<std::byte> links_question(std::uint32_t sequence);
// The body of RTM_NEWLINK; nothing when it names no interface.
std::optional<HostLink> read_host_link(std::span<const std::byte> body);

// Which way a packet to the internet would go: what policy rules and half-default routes (0.0.0.0/1) say is heeded.
// Nothing is sent anywhere.
std::vector<std::byte> route_question(Family family, std::uint32_t sequence);
// The interface that the body of the RTM_NEWROUTE answer names; nothing for a way that leads nowhere.
std::optional<int> read_route(std::span<const std::byte> body);

}  // namespace davylamp::probe
