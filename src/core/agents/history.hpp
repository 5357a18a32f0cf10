// What stored hours say of the past: uptime, bars, patterns, percentiles, comparisons. Pure functions.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "model/agent.hpp"

namespace davylamp::core {

// Shares and percentiles of less than this are marked: `too_few`.
inline constexpr std::uint64_t least_known_seconds = 3'600;
inline constexpr std::uint64_t least_looks = 30;

// Of the `days` times 24 hours before now. `share` is of the seconds that are known, 0 to 1; absent when none are.
struct Uptime {
  std::uint32_t days = 0;
  std::optional<double> share;
  std::uint64_t up_seconds = 0;
  std::uint64_t down_seconds = 0;
  std::uint64_t leaking_seconds = 0;
  bool too_few = true;
};
BOOST_DESCRIBE_STRUCT(Uptime, (), (days, share, up_seconds, down_seconds, leaking_seconds, too_few))

// The worst thing that was in a day: of which nothing is known, all well, some of it down (less than a tenth of what is
// known), down, leaking.
enum class DayState { unknown, up, troubled, down, leaking };
BOOST_DESCRIBE_ENUM(DayState, unknown, up, troubled, down, leaking)
struct DayBar {
  base::Time at{};  // the day's midnight in the zone
  DayState state = DayState::unknown;
  std::optional<double> share;
  std::uint64_t down_seconds = 0;
  std::uint64_t leaking_seconds = 0;
};
BOOST_DESCRIBE_STRUCT(DayBar, (), (at, state, share, down_seconds, leaking_seconds))

// Hours of one weekday and hour of day, over all weeks. Weekday 0 is Monday.
struct PatternCell {
  std::uint32_t weekday = 0;
  std::uint32_t hour = 0;
  std::uint32_t hours = 0;  // so many of them are known
  std::optional<double> down_share;
  bool too_few = true;  // fewer than three
};
BOOST_DESCRIBE_STRUCT(PatternCell, (), (weekday, hour, hours, down_share, too_few))

struct Percentiles {
  std::optional<double> p50;
  std::optional<double> p95;
  std::optional<double> p99;
  std::uint64_t looks = 0;
  bool too_few = true;
};
BOOST_DESCRIBE_STRUCT(Percentiles, (), (p50, p95, p99, looks, too_few))

// Milliseconds, as exact as the histogram's buckets; loss is of all probes, 0 to 1.
struct PathHistory {
  Percentiles latency;
  Percentiles jitter;
  std::optional<double> loss;
  std::uint64_t probes_sent = 0;
};
BOOST_DESCRIBE_STRUCT(PathHistory, (), (latency, jitter, loss, probes_sent))

// Hours that had this exit country or network (AS), of all agents together.
struct ExitComparison {
  std::optional<std::string> country;
  std::optional<std::uint32_t> asn;
  std::optional<std::string> network;
  std::uint32_t agents = 0;
  std::uint32_t hours = 0;
  std::optional<double> up_share;
  std::uint64_t leaking_seconds = 0;
  PathHistory path;
  bool too_few = true;  // fewer than 24 hours or 30 looks
};
BOOST_DESCRIBE_STRUCT(ExitComparison, (),
                      (country, asn, network, agents, hours, up_share, leaking_seconds, path, too_few))

using HourSpan = std::span<const model::AgentHour>;

// An hour that `now - days` cuts counts whole.
Uptime uptime(HourSpan hours, std::uint32_t days, base::Time now);
// `count` days, the last is that of `now`, oldest first. "unknown_zone".
base::Result<std::vector<DayBar>> day_bars(HourSpan hours, std::uint32_t count, base::Time now,
                                           const base::Zones& zones, std::string_view zone);
// All 168 cells, Monday's midnight first. "unknown_zone".
base::Result<std::vector<PatternCell>> failure_pattern(HourSpan hours, const base::Zones& zones, std::string_view zone);
PathHistory path_history(HourSpan hours);
// The most hours first. Hours without an exit are left out.
std::vector<ExitComparison> compare_countries(HourSpan hours);
std::vector<ExitComparison> compare_networks(HourSpan hours);

}  // namespace davylamp::core
