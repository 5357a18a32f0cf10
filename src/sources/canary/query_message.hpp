// Questions to a name server (RFC 1035, 4.1; EDNS0 RFC 6891; client subnet RFC 7871). Parse only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace davylamp::canary {

namespace record_type {
inline constexpr std::uint16_t a = 1;
inline constexpr std::uint16_t ns = 2;
inline constexpr std::uint16_t soa = 6;
inline constexpr std::uint16_t txt = 16;
inline constexpr std::uint16_t aaaa = 28;
inline constexpr std::uint16_t opt = 41;
inline constexpr std::uint16_t any = 255;
}  // namespace record_type

struct Edns {
  std::uint16_t payload_bytes = 512;  // that the asker takes over UDP
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  std::optional<std::string> client_subnet;     // "198.51.100.0/24"
  std::vector<std::byte> client_subnet_option;  // as it came, for the answer
};

// One question. `name` is lower case, without the last dot, at most 253 characters; bytes that are not printable ASCII
// are "?" there. `asked` holds the question section as it came: resolvers compare it letter by letter.
struct Query {
  std::uint16_t id = 0;
  std::uint8_t opcode = 0;
  bool recursion_desired = false;
  std::string name;
  std::uint16_t type = 0;
  std::uint16_t class_ = 0;
  std::vector<std::byte> asked;
  std::optional<Edns> edns;
};

// "not_a_query": nothing that may be answered (an answer itself, too short). "bad_format": a query that contradicts
// itself: FORMERR, if its first two bytes are a number.
base::Result<Query> read_query(std::span<const std::byte> message);

}  // namespace davylamp::canary
