// What a watched service remembers over a restart of Davylamp, as it lies in a file that is mapped into memory. Every
// field is stored in place, so that a kill at any moment leaves what was stored before it; a restart of the host begins
// anew. Host byte order: the file never leaves its host.
#pragma once

#include <array>
#include <cstdint>

namespace davylamp::watch {

// A peer that has a session, or may get one. `key` is 0 while the slot is free; it is stored last when a slot is taken
// and first when it is given back.
struct PeerSlot {
  std::uint64_t key;
  std::int64_t connected_at;  // UNIX milliseconds
  std::int64_t last_seen_at;
  std::uint64_t rx_bytes;
  std::uint64_t tx_bytes;
  std::array<std::uint8_t, 16> address;
  std::uint8_t is_v4;
  std::uint8_t open;       // it answers to a session
  std::uint8_t protocols;  // bit 0: UDP, bit 1: TCP
  std::uint8_t many_flows;
  std::uint16_t port;  // of its first flow
  std::uint16_t unused;
};
static_assert(sizeof(PeerSlot) == 64);

enum class FlowMark : std::uint32_t { free, going_on, ended };

// How much of a flow of the witness that counts is in its peers' totals.
struct FlowSlot {
  std::uint64_t identity;
  std::uint64_t rx_bytes;
  std::uint64_t tx_bytes;
  FlowMark mark;
  std::uint32_t unused;
};
static_assert(sizeof(FlowSlot) == 32);

struct StateHeader {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t peer_slot_bytes;
  std::uint32_t flow_slot_bytes;
  std::uint32_t most_peers;
  std::uint32_t most_flows;
  std::uint32_t check;            // over the fields above
  std::array<char, 40> boot_id;   // of the kernel
  std::array<char, 8> epoch;      // begins every key; ends with 0
  std::uint64_t next_key;         // of the next peer; never goes back
  std::array<char, 16> counting;  // the witness whose flows these are; empty: none yet, or it is being changed
  std::int64_t counting_from;     // flows that began before it are not counted from their start; 0: all are
};

constexpr std::size_t header_bytes = 4096;

}  // namespace davylamp::watch
