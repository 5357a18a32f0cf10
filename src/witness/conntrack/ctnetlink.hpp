// The kernel's connection tracking messages (ctnetlink, linux/netfilter/nfnetlink_conntrack.h), decoded by hand.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/address.hpp"

namespace davylamp::conntrack {

// One direction of a tracked connection. Ports are 0 where the protocol has none; GRE's keys stand in their places.
struct Tuple {
  std::uint8_t family = 0;  // AF_INET, AF_INET6; 0: no address was told
  std::uint8_t protocol = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t zone = 0;
  std::uint16_t icmp_id = 0;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  bool has_ports = false;
  bool has_icmp = false;
  std::array<std::uint8_t, 16> source_bytes{};
  std::array<std::uint8_t, 16> destination_bytes{};
  model::Address source() const;
  model::Address destination() const;
};

// Packets of one direction; bytes are those of whole IP packets.
struct Counted {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

// IPS_* of the kernel.
namespace status {
constexpr std::uint32_t expected = 1U << 0;
constexpr std::uint32_t seen_reply = 1U << 1;
constexpr std::uint32_t assured = 1U << 2;
constexpr std::uint32_t confirmed = 1U << 3;
constexpr std::uint32_t source_nat = 1U << 4;
constexpr std::uint32_t destination_nat = 1U << 5;
constexpr std::uint32_t dying = 1U << 9;
constexpr std::uint32_t fixed_timeout = 1U << 10;
constexpr std::uint32_t offload = 1U << 14;
constexpr std::uint32_t hardware_offload = 1U << 15;
}  // namespace status

// Attribute numbers (CTA_*), as `has()` takes them.
enum class Attribute : std::uint8_t {
  tuple_original = 1,
  tuple_reply = 2,
  status = 3,
  protocol_state = 4,
  helper = 5,
  timeout = 7,
  mark = 8,
  counters_original = 9,
  counters_reply = 10,
  use = 11,
  id = 12,
  tuple_master = 14,
  zone = 18,
  security_context = 19,
  timestamp = 20,
  labels = 22,
  timestamp_event = 27,
};

// One tracked connection. What is absent is 0; `has` tells. Views point into the message.
struct Entry {
  Tuple original;
  Tuple reply;
  Tuple master;  // of an expected connection: the one that made it expected
  Counted original_counted;
  Counted reply_counted;
  std::uint32_t present = 0;  // a bit for each attribute
  std::uint32_t status = 0;
  std::uint32_t timeout_seconds = 0;  // what is left
  std::uint32_t mark = 0;
  std::uint32_t id = 0;
  std::uint32_t use = 0;
  std::uint16_t zone = 0;
  std::uint8_t protocol_state = 0;      // of TCP (TCP_CONNTRACK_*), SCTP and DCCP
  std::uint64_t start_nanoseconds = 0;  // UNIX time
  std::uint64_t stop_nanoseconds = 0;
  std::uint64_t event_nanoseconds = 0;
  std::string_view helper;
  std::string_view security_context;
  std::span<const std::byte> labels;
  bool has(Attribute attribute) const { return (present >> static_cast<unsigned>(attribute) & 1U) != 0; }
  bool has_counters() const { return has(Attribute::counters_original) && has(Attribute::counters_reply); }
};

// TCP_CONNTRACK_* that a reader of flows must know.
namespace tcp_state {
constexpr std::uint8_t time_wait = 7;
constexpr std::uint8_t close = 8;
}  // namespace tcp_state
// "ESTABLISHED", as the standard tool writes it; empty for a number that has no name.
std::string_view tcp_state_name(std::uint8_t state);
std::string_view sctp_state_name(std::uint8_t state);

enum class MessageKind : std::uint8_t {
  listed,       // in an answer
  begun,        // event NEW
  changed,      // event UPDATE
  ended,        // event DESTROY
  expectation,  // of the expectation table; not decoded further
  done,         // the end of an answer
  failed,       // NLMSG_ERROR with a number other than 0
  other,        // nothing of connection tracking
  malformed,    // its lengths contradict each other; `entry` holds what came before that
};

struct Message {
  MessageKind kind = MessageKind::other;
  std::uint32_t sequence = 0;
  int error = 0;  // of `failed`, and of a `done` that is not whole: a positive errno
  Entry entry;    // of listed, begun, changed and ended
};

// Takes the first message off `rest`, which always gets shorter; nothing when none is left. Never throws; allocates
// nothing. Of a datagram that ends within a message the remainder is one `malformed`.
// `message` is overwritten: one for a whole datagram is cheaper than one each.
bool next_message(std::span<const std::byte>& rest, Message& message);

}  // namespace davylamp::conntrack
