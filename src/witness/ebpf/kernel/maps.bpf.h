// The tables of the programs. Sizes are set by the witness before it loads them.
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "layout.h"

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, port_words* flow_protocols);
  __type(key, __u32);
  __type(value, __u64);
} ports SEC(".maps");

// A full table refuses: unlike an LRU it never forgets silently.
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1);
  __type(key, struct FlowKey);
  __type(value, __u32);
} flows SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct FlowCounts);
} counts SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(map_flags, BPF_F_MMAPABLE);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct FlowPath);
} paths SEC(".maps");

// Slots that nobody uses, first in, first out. The witness fills it.
struct {
  __uint(type, BPF_MAP_TYPE_QUEUE);
  __uint(max_entries, 1);
  __type(value, __u32);
} free_slots SEC(".maps");

struct InnerKey {
  __u8 client[16];
  __u8 remote[16];
  __u16 client_port;
  __u16 remote_port;
};

// SYN-ACKs that await their ACK. To forget one costs a measurement only.
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct InnerKey);
  __type(value, __u64);
} syn_acks SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 19);
} inner_handshakes SEC(".maps");

// Set before loading: whether the kernel has the cheap clock (5.11).
const volatile __u8 coarse_clock = 1;

// What could not be counted; read by the witness.
__u64 table_full;       // packets of flows that found no room
__u64 fragments;        // later fragments: they tell no port
__u64 unreadable;       // headers that are cut off
__u64 handshakes_lost;  // inner handshakes that did not fit into the ring

static __always_inline __u64 cheap_now(void) {
  return coarse_clock ? bpf_ktime_get_coarse_ns() : bpf_ktime_get_ns();
}
