// What rtnetlink says of interfaces (linux/rtnetlink.h, linux/if_link.h): requests and answers. Parse only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/netlink_messages.hpp"
#include "model/evidence.hpp"

namespace davylamp::interfaces {

struct Link {
  int index = 0;
  std::string name;
  std::string kind;  // "tun", "wireguard", "ppp", "veth", ...; empty: the kernel tells none
  bool up = false;
};

// The body of RTM_NEWLINK or RTM_DELLINK; nothing when it names no interface.
std::optional<Link> read_link(std::span<const std::byte> body);
// Puts the totals of an RTM_NEWSTATS body into `facts` (of the interface that stats_index() says).
bool read_stats(std::span<const std::byte> body, model::InterfaceFacts& facts);
int stats_index(std::span<const std::byte> body);
// The same totals from an RTM_NEWLINK body, for kernels before 4.7.
bool read_link_stats(std::span<const std::byte> body, model::InterfaceFacts& facts);

std::vector<std::byte> links_request(std::uint32_t sequence);
std::vector<std::byte> stats_request(std::uint32_t sequence);

// `*` stands for any characters, none among them.
bool name_matches(std::string_view pattern, std::string_view name);

}  // namespace davylamp::interfaces
