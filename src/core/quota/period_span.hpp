// The calendar of limits: from when to when a period lasts.
#pragma once

#include <optional>
#include <string>

#include "base/zone.hpp"
#include "model/period.hpp"

namespace davylamp::core {

// [start, end), both at whole minutes; no end: for ever (once), or it moves on (rolling).
struct PeriodSpan {
  base::Time start{};
  std::optional<base::Time> end;
  bool operator==(const PeriodSpan&) const = default;
};

// The period that holds `now`. Periods of kind day, week, month and anniversary tile time: none overlaps another, and
// there is no gap, whatever the zone's clocks do. A midnight that does not exist is the moment the clocks jump; one
// that comes twice is the first. An unknown zone counts as UTC. rolling: the last `days` times 24 hours, to the end of
// this hour: [start, ...) moves on at whole hours of UTC. once: as laid down; `now` does not matter.
PeriodSpan period_at(const model::Period& period, const base::Zones& zones, base::Time now);
// The one before `span`; nothing for rolling and once.
std::optional<PeriodSpan> period_before(const model::Period& period, const base::Zones& zones, const PeriodSpan& span);
// When the period next moves on or ends; nothing when never.
std::optional<base::Time> next_change(const model::Period& period, const PeriodSpan& span, base::Time now);

// A local time of day, as a wall clock shows it: "2026-12-01 00:00".
std::string local_text(const base::Zones& zones, const std::string& zone, base::Time at);

}  // namespace davylamp::core
