// What a WireGuard interface says of itself and its peers, whichever way it was asked. No secret has a place here:
// private and preshared keys end in the decoders.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.hpp"

namespace davylamp::wireguard {

// A public key: who a peer is.
struct Key {
  std::array<std::uint8_t, 32> bytes{};
  // 64 hexadecimal digits, as in the UAPI; nothing for any other text.
  static std::optional<Key> from_hex(std::string_view text);
  // 44 characters of base64, as in wg(8) and its configuration; nothing for any other text.
  static std::optional<Key> from_base64(std::string_view text);
  std::string to_base64() const;
  auto operator<=>(const Key&) const = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const {
    // Keys are points of a curve that peers choose freely among: all of the key is mixed in.
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
  }
};

struct AllowedIp {
  model::Address address;
  std::uint8_t bits = 0;  // of the prefix
  bool is_host() const { return bits == (address.is_v4() ? 32 : 128); }
  // "10.0.0.0/24"
  std::string to_text() const;
  bool operator==(const AllowedIp&) const = default;
};

struct Peer {
  Key public_key;
  std::optional<model::Endpoint> endpoint;  // where its last authentic packet came from
  std::int64_t handshake_ns = 0;            // UNIX time of the last handshake; 0: never
  std::uint64_t rx_bytes = 0;               // UDP payload, with WireGuard's own headers and handshakes
  std::uint64_t tx_bytes = 0;
  std::uint32_t protocol = 1;
  std::uint16_t keepalive_seconds = 0;  // 0: off
  std::uint32_t first_allowed = 0;      // in Device::allowed_ips
  std::uint32_t allowed_count = 0;
};

struct Device {
  std::string interface;          // empty where the answer does not tell
  std::optional<Key> public_key;  // of the interface; the UAPI does not tell it
  std::uint16_t listen_port = 0;
  std::uint32_t fwmark = 0;
  std::uint32_t interface_index = 0;
  std::vector<Peer> peers;
  std::vector<AllowedIp> allowed_ips;  // of all peers, those of one behind each other
  std::uint64_t problems = 0;          // what could not be understood
  std::string first_problem;           // a sentence without the line that it is about: that may be a secret

  std::span<const AllowedIp> allowed_of(const Peer& peer) const {
    return std::span(allowed_ips).subspan(peer.first_allowed, peer.allowed_count);
  }
  void note_problem(std::string_view what) {
    if (problems++ == 0) first_problem = what;
  }
  // Empties it and keeps the room.
  void clear();
};

// "192.0.2.1:51820", "[2001:db8::1]:51820", with or without a zone; nothing for any other text.
std::optional<model::Endpoint> parse_endpoint(std::string_view text);
// "10.0.0.0/24", or an address alone; nothing for any other text.
std::optional<AllowedIp> parse_allowed_ip(std::string_view text);

}  // namespace davylamp::wireguard
