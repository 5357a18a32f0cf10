// Counts what the peers of watched services move, where it enters and leaves this host. Only what the kernel promises
// to user space is used: it needs no type information of the running kernel.
#include "numbers.bpf.h"

char LICENSE[] SEC("license") = "GPL";

enum { go_on = -1, ethernet_bytes = 14, moved_after = 100 * 1000 * 1000 };

static __always_inline int is_watched(__u8 protocol, __u16 port) {
  __u32 word = port / 64 + (protocol == IPPROTO_TCP ? port_words : 0);
  const __u64* bits = bpf_map_lookup_elem(&ports, &word);
  return bits && (*bits >> (port % 64) & 1);
}

// A slot of its own for a new flow. 0: there is no room.
static __always_inline __u32* begin_flow(const struct FlowKey* key) {
  __u32 slot;
  if (bpf_map_pop_elem(&free_slots, &slot)) return 0;
  struct FlowPath* path = bpf_map_lookup_elem(&paths, &slot);
  struct FlowCounts* count = bpf_map_lookup_elem(&counts, &slot);
  if (!path || !count) return 0;
  path->key = *key;
  path->began = cheap_now();
  count->live = 1;
  if (bpf_map_update_elem(&flows, key, &slot, BPF_NOEXIST)) {
    // Another processor was faster.
    count->live = 0;
    bpf_map_push_elem(&free_slots, &slot, BPF_ANY);
  }
  return bpf_map_lookup_elem(&flows, key);
}

// A packet that climbs from device to device (a port, its bridge, its VLAN) counts where it is seen first; the place
// moves when that device has been silent for a while.
static __always_inline int is_its_place(__u32* place, __u64 seen, __u32 here, __u64 now) {
  if (*place == here) return 1;
  if (*place && now - seen < moved_after) return 0;
  *place = here;
  return 1;
}

static __always_inline void note_tcp(struct FlowCounts* count, __u8 flags, int outgoing) {
  if (flags & tcp_rst) count->reset = 1;
  if (flags & tcp_syn) {
    count->rx_closed = 0;
    count->tx_closed = 0;
    count->reset = 0;
  }
  if (!(flags & tcp_fin)) return;
  if (outgoing)
    count->tx_closed = 1;
  else
    count->rx_closed = 1;
}

static __always_inline void add(struct FlowCounts* count, __u64 bytes, __u32 packets, int outgoing, __u64 now) {
  if (outgoing) {
    __sync_fetch_and_add(&count->tx_bytes, bytes);
    __sync_fetch_and_add(&count->tx_packets, packets);
    if (count->tx_seen != now) count->tx_seen = now;
  } else {
    __sync_fetch_and_add(&count->rx_bytes, bytes);
    __sync_fetch_and_add(&count->rx_packets, packets);
    if (count->rx_seen != now) count->rx_seen = now;
  }
}

static __always_inline __u32 header_bytes(const struct Packet* packet) {
  if (packet->protocol == IPPROTO_UDP) return packet->transport_at + sizeof(struct udphdr);
  return packet->transport_at + (((const __u8*)&packet->transport)[12] >> 4) * 4;
}

static __always_inline void count_packet(struct __sk_buff* skb, const struct Packet* packet, __u32 slot, int outgoing) {
  struct FlowCounts* count = bpf_map_lookup_elem(&counts, &slot);
  if (!count) return;
  const __u64 now = cheap_now();
  const int here = outgoing ? is_its_place(&count->tx_interface, count->tx_seen, skb->ifindex, now)
                            : is_its_place(&count->rx_interface, count->rx_seen, skb->ifindex, now);
  if (!here) return;
  __u64 bytes = packet->bytes ? packet->bytes : skb->len - ethernet_bytes;
  __u32 packets = 1;
  if (skb->gso_size) {
    const __u32 header = header_bytes(packet);
    packets = wire_packets(skb, header, bytes);
    bytes += (__u64)(packets - 1) * header;
  }
  const __u64 packets_before = outgoing ? count->tx_packets : count->rx_packets;
  add(count, bytes, packets, outgoing, now);
  if (packet->protocol == IPPROTO_TCP)
    note_tcp(count, tcp_flags(packet), outgoing);
  else if (packet->has_words)
    judge_udp(slot, packet->transport.words + 1, outgoing, packets_before, packets);
}

static __always_inline int uplink(struct __sk_buff* skb, int outgoing) {
  struct Packet packet;
  struct FlowKey key = {};
  if (!read_packet(skb, &packet, (struct Addresses){key.address, 0}, outgoing)) return go_on;
  key.service_port = bpf_ntohs(outgoing ? packet.transport.source : packet.transport.destination);
  if (!is_watched(packet.protocol, key.service_port)) return go_on;
  key.peer_port = bpf_ntohs(outgoing ? packet.transport.destination : packet.transport.source);
  key.protocol = packet.protocol;
  key.version = packet.version;
  __u32* slot = bpf_map_lookup_elem(&flows, &key);
  if (!slot) slot = begin_flow(&key);
  if (slot)
    count_packet(skb, &packet, *slot, outgoing);
  else
    __sync_fetch_and_add(&table_full, 1);
  return go_on;
}

SEC("tc")
int uplink_in(struct __sk_buff* skb) {
  return uplink(skb, 0);
}

SEC("tc")
int uplink_out(struct __sk_buff* skb) {
  return uplink(skb, 1);
}

static __always_inline void report_handshake(const struct InnerKey* key, __u8 version, __u64 took) {
  struct InnerHandshake* event = bpf_ringbuf_reserve(&inner_handshakes, sizeof *event, 0);
  if (!event) {
    __sync_fetch_and_add(&handshakes_lost, 1);
    return;
  }
  __builtin_memset(event, 0, sizeof *event);
  __builtin_memcpy(event->address, key->client, 16);
  event->version = version;
  event->took = took;
  // The witness looks every second: to wake it would cost more than the event.
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

// 0: no TCP packet with these of the flags SYN and ACK.
static __always_inline int read_inner(struct __sk_buff* skb, struct Packet* packet, struct InnerKey* key,
                                      int outgoing) {
  const struct Addresses to = {key->client, key->remote};
  if (!read_packet(skb, packet, to, outgoing) || packet->protocol != IPPROTO_TCP) return 0;
  key->client_port = outgoing ? packet->transport.destination : packet->transport.source;
  key->remote_port = outgoing ? packet->transport.source : packet->transport.destination;
  const __u8 wanted = outgoing ? tcp_syn | tcp_ack : tcp_ack;
  return (tcp_flags(packet) & (tcp_syn | tcp_ack)) == wanted;
}

SEC("tc")
int inner_out(struct __sk_buff* skb) {
  struct Packet packet;
  struct InnerKey key = {};
  if (!read_inner(skb, &packet, &key, 1)) return go_on;
  // Sent again, nobody knows which of them the ACK answers.
  __u64 at = bpf_map_lookup_elem(&syn_acks, &key) ? 0 : bpf_ktime_get_ns();
  bpf_map_update_elem(&syn_acks, &key, &at, BPF_ANY);
  return go_on;
}

SEC("tc")
int inner_in(struct __sk_buff* skb) {
  struct Packet packet;
  struct InnerKey key = {};
  if (!read_inner(skb, &packet, &key, 0)) return go_on;
  const __u64* at = bpf_map_lookup_elem(&syn_acks, &key);
  if (!at) return go_on;
  const __u64 sent = *at;
  if (bpf_map_delete_elem(&syn_acks, &key) == 0 && sent)
    report_handshake(&key, packet.version, bpf_ktime_get_ns() - sent);
  return go_on;
}
