// What the programs in the kernel and the witness share, in memory that both map. Plain C: both compile it.
#pragma once

#include <linux/types.h>

#ifdef __cplusplus
namespace davylamp::ebpf {
#endif

enum { flow_is_udp = 1, flow_is_tcp = 2, flow_protocols = 2 };

// One bit per port, udp first, then tcp: 64 ports in a word.
enum { port_words = 1024 };

struct FlowKey {
  __u8 address[16];  // of the peer; IPv4 fills the first four bytes
  __u16 peer_port;
  __u16 service_port;
  __u8 protocol;  // IPPROTO_UDP, IPPROTO_TCP
  __u8 version;   // 4, 6
  __u16 zero;
};

// One cache line per flow. rx is what came in at the uplink. Bytes are those of whole IP packets, as on the wire.
struct FlowCounts {
  __u64 rx_bytes;
  __u64 tx_bytes;
  __u64 rx_packets;
  __u64 tx_packets;
  __u64 rx_seen;  // nanoseconds of CLOCK_MONOTONIC, coarse
  __u64 tx_seen;
  __u32 rx_interface;  // where it is counted: a packet that climbs from device to device counts once
  __u32 tx_interface;
  __u32 generation;  // the witness's: how often this slot was used before
  __u8 live;
  __u8 rx_closed;  // TCP: a FIN came in
  __u8 tx_closed;
  __u8 reset;
};

enum { numbers_unknown = 0, numbers_openvpn = 1, numbers_wireguard = 2 };
enum { trusted_numbers = 8, most_trusted_numbers = 16 };

// What is seldom needed of a flow, and how its path fares.
struct FlowPath {
  struct FlowKey key;
  __u64 began;
  // The numbers that the peer's packets carry in clear: of one stream (a key, a session) they grow by one.
  __u64 expected;   // numbers that were used, as far as the highest that came tells
  __u64 received;   // how many of them came
  __u64 reordered;  // came after a higher one
  __u64 window;     // of the 64 numbers up to the highest: which came
  __u32 stream;
  __u32 highest;
  __u32 stream_before;
  __u32 highest_before;
  // The time between our part of a handshake and the peer's answer to it.
  __u64 handshake_at;
  __u64 handshake_took;
  __u32 handshake_number;
  __u32 handshakes;
  __u8 handshake_of;  // numbers_*: whose answer is awaited
  __u8 handshakes_of;
  __u8 numbers_of;
  __u8 trust;  // grows while the numbers look like numbers; worth something from trusted_numbers on
  __u8 openvpn_reset_seen;
  __u8 unused[3];
};

// A TCP handshake inside the tunnel: from the SYN-ACK that went out to the ACK that came back.
struct InnerHandshake {
  __u8 address[16];  // of the client in the tunnel
  __u64 took;        // nanoseconds
  __u8 version;
  __u8 unused[7];
};

#ifdef __cplusplus
}  // namespace davylamp::ebpf
#endif
