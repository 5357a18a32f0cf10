// What of a packet is looked at: addresses, ports, lengths, TCP flags, the first bytes of a UDP payload.
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "maps.bpf.h"

enum { later_fragment = 0x1fff, tcp_fin = 0x01, tcp_syn = 0x02, tcp_rst = 0x04, tcp_ack = 0x10 };
enum { ip_option_headers = 4 };

// The beginning of what IP carries: 20 bytes, enough for both.
struct Transport {
  __u16 source;
  __u16 destination;
  __u32 words[4];  // UDP: length and checksum, then 12 bytes of payload; TCP: numbers, then flags
};

struct Packet {
  struct Transport transport;
  __u32 bytes;  // of IP, as the header says; 0: more than it can say
  __u32 transport_at;
  __u8 protocol;
  __u8 version;
  __u8 has_words;  // all 20 bytes of `transport` are there
};

// Where the addresses go, 16 bytes each; `own` may be 0.
struct Addresses {
  __u8* peer;
  __u8* own;
};

// From the network header: tun and wg devices have no other before it.
static __always_inline long load(struct __sk_buff* skb, __u32 at, void* to, __u32 size) {
  return bpf_skb_load_bytes_relative(skb, at, to, size, BPF_HDR_START_NET);
}

static __always_inline long load_transport(struct __sk_buff* skb, struct Packet* packet) {
  packet->has_words = load(skb, packet->transport_at, &packet->transport, sizeof packet->transport) == 0;
  if (packet->has_words) return 0;
  return load(skb, packet->transport_at, &packet->transport, 8);
}

static __always_inline int carries_ports(__u8 protocol) {
  return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP;
}

struct Head4 {
  struct iphdr ip;
  struct Transport transport;
};

static __always_inline int read_v4(struct __sk_buff* skb, struct Packet* packet, struct Addresses to, int outgoing) {
  struct Head4 head;
  packet->has_words = load(skb, 0, &head, sizeof head) == 0;
  if (!packet->has_words && load(skb, 0, &head, sizeof head.ip)) return 0;
  if (!carries_ports(head.ip.protocol)) return 0;
  if (head.ip.frag_off & bpf_htons(later_fragment)) {
    __sync_fetch_and_add(&fragments, 1);
    return 0;
  }
  packet->version = 4;
  packet->protocol = head.ip.protocol;
  packet->bytes = bpf_ntohs(head.ip.tot_len);
  packet->transport_at = head.ip.ihl * 4;
  *(__u32*)to.peer = outgoing ? head.ip.daddr : head.ip.saddr;
  if (to.own) *(__u32*)to.own = outgoing ? head.ip.saddr : head.ip.daddr;
  if (packet->has_words && head.ip.ihl == 5) {
    packet->transport = head.transport;
    return 1;
  }
  if (load_transport(skb, packet) == 0) return 1;
  __sync_fetch_and_add(&unreadable, 1);
  return 0;
}

struct Option6 {
  __u8 next;
  __u8 size;
  __u16 fragment;
};

// Past extension headers to UDP or TCP. 0: it is neither, or a later fragment, or too much.
static __always_inline int skip_options(struct __sk_buff* skb, struct Packet* packet, __u8 next) {
  __u32 at = sizeof(struct ipv6hdr);
#pragma unroll
  for (int i = 0; i < ip_option_headers; ++i) {
    if (carries_ports(next)) break;
    if (next != IPPROTO_HOPOPTS && next != IPPROTO_ROUTING && next != IPPROTO_FRAGMENT && next != IPPROTO_DSTOPTS)
      return 0;
    struct Option6 option;
    if (load(skb, at, &option, sizeof option)) return 0;
    if (next == IPPROTO_FRAGMENT && (option.fragment & bpf_htons(0xfff8))) {
      __sync_fetch_and_add(&fragments, 1);
      return 0;
    }
    at += next == IPPROTO_FRAGMENT ? 8 : (option.size + 1) * 8;
    next = option.next;
  }
  packet->protocol = next;
  packet->transport_at = at;
  return carries_ports(next);
}

static __always_inline int read_v6(struct __sk_buff* skb, struct Packet* packet, struct Addresses to, int outgoing) {
  struct ipv6hdr ip;
  if (load(skb, 0, &ip, sizeof ip)) return 0;
  if (!skip_options(skb, packet, ip.nexthdr)) return 0;
  packet->version = 6;
  packet->bytes = ip.payload_len ? bpf_ntohs(ip.payload_len) + sizeof ip : 0;
  __builtin_memcpy(to.peer, outgoing ? &ip.daddr : &ip.saddr, 16);
  if (to.own) __builtin_memcpy(to.own, outgoing ? &ip.saddr : &ip.daddr, 16);
  if (load_transport(skb, packet) == 0) return 1;
  __sync_fetch_and_add(&unreadable, 1);
  return 0;
}

// 0: nothing for us.
static __always_inline int read_packet(struct __sk_buff* skb, struct Packet* packet, struct Addresses to,
                                       int outgoing) {
  if (skb->protocol == bpf_htons(ETH_P_IP)) return read_v4(skb, packet, to, outgoing);
  if (skb->protocol == bpf_htons(ETH_P_IPV6)) return read_v6(skb, packet, to, outgoing);
  return 0;
}

static __always_inline __u8 tcp_flags(const struct Packet* packet) {
  return packet->has_words ? ((const __u8*)&packet->transport)[13] : 0;
}

// How many packets on the wire this is: offloads put several of one flow into one, with one header.
static __always_inline __u32 wire_packets(struct __sk_buff* skb, __u32 header, __u32 bytes) {
  __u32 segments = skb->gso_segs;
  const __u32 size = skb->gso_size;
  if (size == 0) return 1;
  if (segments == 0 && bytes > header) segments = (bytes - header + size - 1) / size;
  return segments ? segments : 1;
}
