// An agent's hours while they may still change: what heartbeats measured, counted once each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/agents/histogram.hpp"
#include "model/agent.hpp"

namespace davylamp::core {

inline constexpr std::size_t kept_hours = 26;

struct ExitTally {
  std::optional<std::string> country_code;
  std::optional<std::uint32_t> asn;
  std::optional<std::string> network;
  std::uint32_t heartbeats = 0;
};

struct HourCounts {
  static constexpr std::size_t most_exits = 4;  // of further ones nothing is kept
  base::Time at{};
  std::uint32_t heartbeats = 0;
  std::uint32_t probes_sent = 0;
  std::uint32_t probes_received = 0;
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::array<std::uint16_t, model::AgentHour::buckets> latency{};
  std::array<std::uint16_t, model::AgentHour::buckets> jitter{};
  std::vector<ExitTally> exits;
};

// The path as one heartbeat saw it, over all its targets: the median of their latencies, the probes of all.
model::PathPoint path_point(const model::Heartbeat& heartbeat, base::Time at);

class Hours {
 public:
  // Rows that were stored, of this agent.
  void restore(const model::AgentHour& row);
  void add(const model::Heartbeat& heartbeat, const model::PathPoint& point);
  // Bytes that moved between the tunnel's counters.
  void add_bytes(base::Time at, std::uint64_t rx_bytes, std::uint64_t tx_bytes);
  void forget_before(base::Time hour);
  const std::vector<HourCounts>& all() const { return hours_; }
  const HourCounts* find(base::Time hour) const;

 private:
  HourCounts& hour_of(base::Time at);
  std::vector<HourCounts> hours_;  // in order of time
};

// What the hour measured; the seconds are left to the timeline.
model::AgentHour row_of(const std::string& agent, base::Time hour, const HourCounts* counts);

}  // namespace davylamp::core
