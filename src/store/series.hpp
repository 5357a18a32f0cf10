// Making series of points out of rows: the same for every store.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "contract/queries.hpp"

namespace davylamp::store {

inline constexpr base::Seconds minute{60};
inline constexpr base::Seconds hour{3600};
inline constexpr base::Seconds day{86'400};

// One row of a load tier: one server within one step of the tier.
struct LoadRow {
  base::Time at{};
  std::uint64_t rx_bytes = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t sessions = 0;
};

// The tier that holds a step: minutes below an hour, hours below a day, else days. Throws base::Failure "bad_step" for
// 0.
base::Seconds tier_of(std::uint64_t step_seconds);

// `rows` in order of time. Servers of the same time are added up; within a step bytes are added, and sessions are the
// most of any row's time.
contract::HistorySeries history(std::span<const LoadRow> rows, std::uint64_t step_seconds);

// The step (a round number of minutes) at which first..last make at most `most_points` points.
std::uint64_t traffic_step(base::Time first, base::Time last, std::size_t most_points);
// Hours up to 31 days, days beyond.
base::Seconds user_traffic_step(base::Time from, base::Time to);
// `points` in order of time, put together into steps.
contract::TrafficSeries traffic(std::span<const contract::TrafficPoint> points, std::uint64_t step_seconds);

// A span of time cut so that the coarse tiers carry most of it: [from, to) in steps of `tier`.
struct TierSpan {
  base::Seconds tier{};
  base::Time from{};
  base::Time to{};
};
// Covers `from` down to its minute up to `to`, up to its minute; empty when from >= to.
std::vector<TierSpan> tier_spans(base::Time from, base::Time to);

}  // namespace davylamp::store
