// What the hours of agents tell when they are put together.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::model {

// Up to now. Seconds of which nothing is known are in no sum.
struct AgentUptime {
  std::uint32_t days = 1;
  std::uint64_t up_seconds = 0;
  std::uint64_t down_seconds = 0;
  std::uint64_t leaking_seconds = 0;  // part of up_seconds
  bool operator==(const AgentUptime&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentUptime, (), (days, up_seconds, down_seconds, leaking_seconds))

// A day (UTC) that begins at `at`.
struct AgentDay {
  base::Time at{};
  std::uint64_t up_seconds = 0;
  std::uint64_t down_seconds = 0;
  std::uint64_t leaking_seconds = 0;
  bool operator==(const AgentDay&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentDay, (), (at, up_seconds, down_seconds, leaking_seconds))

// All hours of one weekday (0: Monday) and one hour of the day (UTC) together.
struct AgentPatternHour {
  std::uint32_t weekday = 0;
  std::uint32_t hour = 0;
  std::uint64_t up_seconds = 0;
  std::uint64_t down_seconds = 0;
  bool operator==(const AgentPatternHour&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentPatternHour, (), (weekday, hour, up_seconds, down_seconds))

// Milliseconds; absent without any measurement.
struct Percentiles {
  std::optional<double> p50;
  std::optional<double> p90;
  std::optional<double> p99;
  bool operator==(const Percentiles&) const = default;
};
BOOST_DESCRIBE_STRUCT(Percentiles, (), (p50, p90, p99))

struct AgentHistory {
  std::vector<AgentUptime> uptime;        // over 1, 7, 30 and 90 days
  std::vector<AgentDay> days;             // that have hours, in order, of the last 90
  std::vector<AgentPatternHour> pattern;  // of the last 30 days, in order of weekday and hour
  Percentiles latency;                    // of the last 7 days, as are the others
  Percentiles jitter;
  std::optional<double> loss;  // 0 to 1
  bool operator==(const AgentHistory&) const = default;
};
BOOST_DESCRIBE_STRUCT(AgentHistory, (), (uptime, days, pattern, latency, jitter, loss))

// Agents that left by the same country and network, together.
struct ExitComparison {
  std::optional<std::string> country_code;
  std::optional<std::uint32_t> asn;
  std::optional<std::string> network;
  std::uint32_t agents = 0;
  std::uint64_t up_seconds = 0;
  std::uint64_t down_seconds = 0;
  Percentiles latency;
  std::optional<double> loss;
  bool operator==(const ExitComparison&) const = default;
};
BOOST_DESCRIBE_STRUCT(ExitComparison, (), (country_code, asn, network, agents, up_seconds, down_seconds, latency, loss))

}  // namespace davylamp::model
