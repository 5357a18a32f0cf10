// SipHash-2-4 (Aumasson, Bernstein: "SipHash: a fast short-input PRF"): a keyed hash of 64 bits.
#pragma once

#include <cstdint>
#include <string_view>

namespace davylamp::hook {

// The sixteen bytes of the key as two little-endian numbers.
struct SipKey {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  bool operator==(const SipKey&) const = default;
};

std::uint64_t sip_hash(SipKey key, std::string_view bytes);

}  // namespace davylamp::hook
