// Packet numbers that VPNs send in clear, and the times of their handshakes.
//  - WireGuard (its paper, section 5.4): type in the first byte, three zeros; data: receiver u32, counter u64;
//    initiation: sender u32; response: sender u32, receiver u32. All little endian.
//  - OpenVPN (openvpn-rfc, "P_DATA_V2"): opcode in the upper five bits of the first byte, key in the lower three;
//    data v2: peer u24, then with AEAD ciphers the packet id u32, big endian.
#pragma once

#include "packet.bpf.h"

enum { wireguard_initiation = 1, wireguard_response = 2, wireguard_data = 4 };
enum {
  openvpn_control = 4,
  openvpn_ack = 5,
  openvpn_reset_client = 7,
  openvpn_reset_server = 8,
  openvpn_data = 9,
  openvpn_reset_client_v3 = 10,
  openvpn_control_wrapped = 11
};
enum { far_ahead = 65536, near_ahead = 1024, far_behind = 8192, window_numbers = 64, early_packets = 4 };

static __always_inline void begin_stream(struct FlowPath* path, __u32 stream, __u32 highest, __u32 packets) {
  path->stream_before = path->stream;
  path->highest_before = path->highest;
  path->stream = stream;
  path->highest = highest;
  path->window = ~0ULL;
  path->expected += packets;
  path->received += packets;
}

// What is still under way when a new key has taken over.
static __always_inline int is_of_stream_before(struct FlowPath* path, __u32 stream, __u32 last, __u32 packets) {
  const __s32 ahead = (__s32)(last - path->highest_before);
  if (stream != path->stream_before || ahead <= -far_behind || ahead > near_ahead) return 0;
  if (ahead > 0) {
    path->expected += ahead;
    path->highest_before = last;
  }
  path->received += packets;
  return 1;
}

static __always_inline void follow_ahead(struct FlowPath* path, __u32 ahead, __u32 packets) {
  path->expected += ahead;
  path->received += packets;
  path->highest += ahead;
  path->window = ahead >= window_numbers ? 0 : path->window << (ahead & (window_numbers - 1));
  path->window |= packets >= window_numbers ? ~0ULL : (1ULL << (packets & (window_numbers - 1))) - 1;
  if (ahead <= near_ahead && path->trust < most_trusted_numbers) ++path->trust;
}

static __always_inline void follow_behind(struct FlowPath* path, __u32 behind, __u32 packets) {
  if (behind < window_numbers) {
    const __u64 bit = 1ULL << (behind & (window_numbers - 1));
    if (path->window & bit) {
      if (path->trust) --path->trust;  // the same number twice
      return;
    }
    path->window |= bit;
  }
  path->received += packets;
  path->reordered += packets;
}

// `packets` in one (offloads): their numbers follow each other, or the next one will tell.
static __always_inline void follow_numbers(struct FlowPath* path, __u32 stream, __u32 number, __u32 packets) {
  const __u32 last = number + packets - 1;
  if (path->expected == 0) {
    begin_stream(path, stream, last, packets);
    return;
  }
  if (path->stream != stream) {
    if (!is_of_stream_before(path, stream, last, packets)) begin_stream(path, stream, last, packets);
    return;
  }
  const __s32 ahead = (__s32)(last - path->highest);
  if (ahead > 0 && ahead <= far_ahead) {
    follow_ahead(path, ahead, packets);
  } else if (ahead <= 0 && ahead > -far_behind) {
    follow_behind(path, -ahead, packets);
  } else {
    path->trust = path->trust > 4 ? path->trust - 4 : 0;
    begin_stream(path, stream, last, packets);
  }
}

static __always_inline void await_answer(struct FlowPath* path, __u8 of, __u32 number) {
  path->handshake_of = of;
  path->handshake_number = number;
  path->handshake_at = bpf_ktime_get_ns();
}

static __always_inline void take_answer(struct FlowPath* path) {
  // Asked twice, nobody knows which question this answers.
  if (path->handshake_at) {
    path->handshake_took = bpf_ktime_get_ns() - path->handshake_at;
    path->handshakes_of = path->handshake_of;
    ++path->handshakes;
  }
  path->handshake_of = numbers_unknown;
}

static __always_inline __u32 little(__u32 word) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return word;
#else
  return __builtin_bswap32(word);
#endif
}

static __always_inline void judge_wireguard(struct FlowPath* path, const __u32* words, int outgoing, __u32 packets) {
  const __u32 type = little(words[0]);
  if (type == wireguard_data) {
    if (outgoing) return;
    if (path->handshake_of == numbers_wireguard && path->handshake_number == words[1]) take_answer(path);
    path->numbers_of = numbers_wireguard;
    follow_numbers(path, words[1], little(words[2]), packets);
  } else if (outgoing) {
    await_answer(path, numbers_wireguard, words[1]);
  } else if (type == wireguard_response && path->handshake_of == numbers_wireguard &&
             path->handshake_number == words[2]) {
    take_answer(path);
  }
}

// Other protocols send such bytes by chance; a handshake counts where a flow begins, or where OpenVPN is known to be.
static __always_inline void judge_openvpn(struct FlowPath* path, __u8 first, int outgoing, __u64 packets_before) {
  const __u8 opcode = first >> 3;
  if (outgoing) {
    if (opcode != openvpn_reset_server || !path->openvpn_reset_seen) return;
    const int again = path->handshake_of == numbers_openvpn;
    await_answer(path, numbers_openvpn, 0);
    if (again) path->handshake_at = 0;
  } else if (opcode == openvpn_reset_client || opcode == openvpn_reset_client_v3) {
    const int known = path->numbers_of == numbers_openvpn && path->trust >= trusted_numbers;
    if (packets_before <= early_packets || known) path->openvpn_reset_seen = 1;
  } else if (path->handshake_of == numbers_openvpn) {
    take_answer(path);
    path->openvpn_reset_seen = 0;
  }
}

static __always_inline int is_openvpn_handshake(__u8 first) {
  const __u8 opcode = first >> 3;
  return opcode == openvpn_control || opcode == openvpn_ack || opcode == openvpn_reset_client ||
         opcode == openvpn_reset_server || opcode == openvpn_reset_client_v3 || opcode == openvpn_control_wrapped;
}

// `words`: the first 12 bytes of a UDP payload.
static __always_inline void judge_udp(__u32 slot, const __u32* words, int outgoing, __u64 packets_before,
                                      __u32 packets) {
  const __u32 type = little(words[0]);
  const __u8 first = type & 0xff;
  const int wireguard = type == wireguard_initiation || type == wireguard_response || type == wireguard_data;
  const int openvpn_numbers = !outgoing && first >> 3 == openvpn_data;
  const int openvpn = !wireguard && is_openvpn_handshake(first);
  if (!wireguard && !openvpn_numbers && !openvpn) return;
  if (outgoing && type == wireguard_data) return;
  struct FlowPath* path = bpf_map_lookup_elem(&paths, &slot);
  if (!path) return;
  if (wireguard) {
    judge_wireguard(path, words, outgoing, packets);
  } else if (openvpn_numbers) {
    path->numbers_of = numbers_openvpn;
    follow_numbers(path, words[0], bpf_ntohl(words[1]), packets);
  } else {
    judge_openvpn(path, first, outgoing, packets_before);
  }
}
