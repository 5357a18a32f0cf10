// ICMP echo (RFC 792, RFC 4443) as it is spoken on an unprivileged ping socket: the kernel fills in the identifier and
// the checksum. Parse only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "probe/family.hpp"

namespace davylamp::probe {

inline constexpr std::size_t echo_bytes = 16;  // as little as tells one probe from another

std::array<std::byte, echo_bytes> echo_question(Family family, std::uint16_t sequence, std::uint64_t cookie);
// The sequence of the echo reply; nothing when it is not one, or does not bring the cookie back.
std::optional<std::uint16_t> read_echo_reply(Family family, std::span<const std::byte> message, std::uint64_t cookie);

}  // namespace davylamp::probe
