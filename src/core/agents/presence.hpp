// When the next heartbeat is due, and what it means that it does not come.
#pragma once

#include <cstdint>
#include <optional>

#include "model/agent.hpp"

namespace davylamp::core {

inline constexpr std::uint32_t shortest_interval_seconds = 5;
inline constexpr std::uint32_t longest_interval_seconds = 86'400;

// What the agent says wins over what operators wrote; from 5 s to a day.
std::uint32_t interval_in_force(const model::AgentSettings& settings, std::optional<std::uint32_t> said_seconds);
// What a heartbeat may come later than its interval and still be in time: a tenth of the interval, 1 to 30 s.
base::Milliseconds slack_of(std::uint32_t interval_seconds);
// From the deadline until the agent is down: as operators wrote, else twice the interval.
base::Milliseconds grace_of(const model::AgentSettings& settings, std::uint32_t interval_seconds);

// heard_at + interval + slack. From this moment on it is late, and `grace_of` after it down.
base::Time due_after(base::Time heard_at, std::uint32_t interval_seconds);
model::Presence presence_at(base::Time now, base::Time due_at, base::Milliseconds grace);

// So long after a heartbeat the next one joins it without a gap between: until it would have been down.
std::uint32_t bridge_seconds(const model::AgentSettings& settings, std::uint32_t interval_seconds);

}  // namespace davylamp::core
