// Answers of WireGuard for tests, made of what they should say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hexadecimal.hpp"
#include "sources/wireguard/device.hpp"

namespace davylamp::wireguard::testing {

// A key that is told from others by its first byte.
inline Key key(std::uint8_t number) {
  Key made;
  made.bytes.fill(0x11);
  made.bytes[0] = number;
  return made;
}

inline std::string hex(const Key& key) {
  return base::hexadecimal(key.bytes);
}

// Words that must never be found in anything that comes out.
inline const std::string private_hex = std::string(62, '5') + "a7";
inline const std::string preshared_hex = std::string(62, '6') + "b8";

inline std::string uapi_peer(const Key& key, std::uint64_t rx, std::uint64_t tx, std::int64_t handshake) {
  return "public_key=" + hex(key) + "\npreshared_key=" + preshared_hex +
         "\nprotocol_version=1\nendpoint=192.0.2.7:4000\nlast_handshake_time_sec=" + std::to_string(handshake) +
         "\nlast_handshake_time_nsec=5000000\ntx_bytes=" + std::to_string(tx) + "\nrx_bytes=" + std::to_string(rx) +
         "\npersistent_keepalive_interval=25\nallowed_ip=10.66.0.2/32\nallowed_ip=fd66::2/128\n";
}
inline std::string uapi_answer(const std::string& peers) {
  return "private_key=" + private_hex + "\nlisten_port=51820\nfwmark=81\n" + peers + "errno=0\n\n";
}

}  // namespace davylamp::wireguard::testing
