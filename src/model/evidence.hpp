// How well something is known: which witnesses saw a session and whether they agree; its quality, and by which method.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/counters.hpp"

namespace davylamp::model {

// What one witness says of a session. `kind`: "openvpn", "wireguard", "ebpf", "conntrack", "sockets". Bytes are brought
// to the layer of the witness that counts (headers taken off where needed), and cover the time both looked.
struct WitnessReading {
  std::string kind;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  bool agrees = true;
  bool operator==(const WitnessReading&) const = default;
};
BOOST_DESCRIBE_STRUCT(WitnessReading, (), (kind, rx_bytes, tx_bytes, agrees))

// The first witness is the one whose bytes count. `asked`: how many look at this server, whether they saw this session
// or not. `off`: by how much the furthest differs from the first, as a part of it (0.082); 0 while all agree.
struct Evidence {
  std::vector<WitnessReading> witnesses;
  std::uint32_t asked = 1;
  double off = 0;
  bool operator==(const Evidence&) const = default;
};
BOOST_DESCRIBE_STRUCT(Evidence, (), (witnesses, asked, off))

// Every figure is absent where it cannot be known; each says how it was learnt, as a word of the page's glossary:
// "tcp_info", "wireguard_counter", "wireguard_handshake", "openvpn_packet_id", "openvpn_handshake", "inner_syn_ack".
struct Quality {
  std::optional<double> rtt_milliseconds;  // the latest, smoothed
  std::optional<double> rtt_min_milliseconds;
  std::optional<double> jitter_milliseconds;
  std::optional<std::string> rtt_method;
  std::optional<double> rx_loss;  // part of what the peer sent that did not arrive, 0 to 1, over the last minute
  std::optional<double> tx_loss;  // part of what the server sent that had to be sent again
  std::optional<std::string> loss_method;
  std::optional<std::uint64_t> delivery_bps;  // what the path takes towards the peer
  base::Time at{};
  bool operator==(const Quality&) const = default;
};
BOOST_DESCRIBE_STRUCT(Quality, (),
                      (rtt_milliseconds, rtt_min_milliseconds, jitter_milliseconds, rtt_method, rx_loss, tx_loss,
                       loss_method, delivery_bps, at))

// How a witness fares: refused when a privilege or a part of the kernel is missing, failed when it broke.
enum class WitnessState { starting, looking, refused, failed };
BOOST_DESCRIBE_ENUM(WitnessState, starting, looking, refused, failed)

// A line of the server's card. `text` is a sentence: what it sees, or what is missing and what to do.
struct WitnessFacts {
  std::string kind;
  WitnessState state = WitnessState::starting;
  std::string text;
  bool counts = false;  // its bytes are the session's bytes
  std::uint64_t flows = 0;
  bool operator==(const WitnessFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(WitnessFacts, (), (kind, state, text, counts, flows))

// A network interface that belongs to a server: absolute totals of the kernel, a cross-check for the sum of its peers.
struct InterfaceFacts {
  std::string name;
  std::string kind;  // "tun", "wireguard", "ppp", "veth", ... as the kernel says; may be empty
  bool up = false;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t rx_packets = 0;
  std::uint64_t tx_packets = 0;
  std::uint64_t rx_dropped = 0;
  std::uint64_t tx_dropped = 0;
  bool operator==(const InterfaceFacts&) const = default;
};
BOOST_DESCRIBE_STRUCT(InterfaceFacts, (),
                      (name, kind, up, rx_bytes, tx_bytes, rx_packets, tx_packets, rx_dropped, tx_dropped))

}  // namespace davylamp::model
