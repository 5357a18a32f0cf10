// Parses: the configuration of wg-quick (wg0.conf) or systemd-networkd (.netdev), for what people wrote into it: the
// names of peers in comments of common tools, the pool, prefixes that were given away twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/wireguard/device.hpp"

namespace davylamp::wireguard {

struct ServerConfig {
  std::unordered_map<Key, std::string, KeyHash> names;  // trimmed, UTF-8, at most most_name_bytes
  std::optional<std::uint64_t> pool_size;               // IPv4 addresses of the interface's own networks, but its own
  std::vector<std::string> warnings;                    // whole sentences
  bool operator==(const ServerConfig&) const = default;
};
constexpr std::size_t most_name_bytes = 128;

// Private and preshared keys are stepped over. The caller wipes `text`.
ServerConfig read_server_config(std::string_view text);

}  // namespace davylamp::wireguard
