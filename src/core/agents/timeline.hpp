// From heartbeats to seconds up and down: the runs that an agent's memory holds. Whatever the order in which heartbeats
// of one state come and however often, the sums are the same. Pure functions on AgentMemory.
#pragma once

#include "model/agent.hpp"

namespace davylamp::core {

inline constexpr std::size_t most_runs = 256;
inline constexpr std::size_t most_unknown_spans = 64;
inline constexpr base::Seconds kept_span{26 * 3600};

struct Mark {
  base::Time at{};
  std::uint32_t vouch_seconds = 60;
  std::uint32_t bridge_seconds = 180;
  model::RunState state = model::RunState::up;
};

// [begin, end): what may have changed. Empty when nothing did.
struct Touched {
  base::Time begin{};
  base::Time end{};
};

// A mark before `settled_until` changes nothing.
Touched add_mark(model::AgentMemory& memory, const Mark& mark);
// Nobody is to be blamed for [begin, end).
void add_unknown(model::AgentMemory& memory, base::Time begin, base::Time end);
// Forgets what is over `kept_span` before `now`, and the oldest of what is too much.
void trim_timeline(model::AgentMemory& memory, base::Time now);

// Milliseconds within [begin, end).
struct Spent {
  std::int64_t up = 0;
  std::int64_t down = 0;
  std::int64_t leaking = 0;  // part of `up`
};
// `tail_is_down`: what follows the last heartbeat's interval counts as down; else it is not decided yet and in no sum.
// `end` is never after now.
Spent spent_in(const model::AgentMemory& memory, base::Time begin, base::Time end, bool tail_is_down);

}  // namespace davylamp::core
