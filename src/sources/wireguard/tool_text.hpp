// Parses: what wg(8) prints for people and scripts: `wg show all dump`, `wg show NAME dump`, `wg show`. Davylamp itself
// asks the interface; this is for files that somebody kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sources/wireguard/device.hpp"

namespace davylamp::wireguard {

// Texts are parts of what was given. Those of private and preshared keys are never among them.
struct TextInterface {
  std::string_view interface;   // empty in `wg show NAME dump`
  std::string_view public_key;  // empty: none
  std::optional<std::uint16_t> listen_port;
  std::optional<std::uint32_t> fwmark;
};
struct TextPeer {
  std::string_view interface;
  std::string_view public_key;  // as it stands there: it may be no key at all
  std::optional<model::Endpoint> endpoint;
  std::vector<std::string_view> allowed_ips;
  std::optional<std::int64_t> handshake_at;           // UNIX seconds
  std::optional<std::int64_t> handshake_age_seconds;  // `wg show` tells the age alone
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  bool rounded = false;                 // `wg show` prints two decimals of a KiB, MiB ...
  std::uint32_t keepalive_seconds = 0;  // 0: off
};
struct TextProblem {
  std::uint64_t line = 0;
  std::string_view what;  // never a part of the line
};

class TextReceiver {
 public:
  virtual ~TextReceiver() = default;
  virtual void on(const TextInterface& interface) = 0;
  virtual void on(const TextPeer& peer) = 0;
  virtual void on(const TextProblem& problem) = 0;
};

// Both dumps: separated by tabs, or by spaces where somebody copied them from a screen.
void read_dump(std::string_view text, TextReceiver& receiver);
// `wg show`, `wg show NAME`, also with the colours of a terminal.
void read_show(std::string_view text, TextReceiver& receiver);

}  // namespace davylamp::wireguard
