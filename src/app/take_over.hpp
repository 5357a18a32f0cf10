// What viewers must be told when a worker takes a shard over: the worker before may have stored what it never told.
#pragma once

#include <vector>

#include "base/time.hpp"
#include "model/change.hpp"
#include "model/ledger.hpp"

namespace davylamp::app {

// So long a worker may have been gone, and told nothing of what it had stored last.
inline constexpr base::Seconds untold_for{120};
// The newest of so many open sessions are told again; views know the others from their start.
inline constexpr std::size_t most_told_again = 20'000;

// As changes that repeat what is stored: servers, open sessions, sessions and incidents that ended lately, agents. In
// parts of bounded size, in the order in which they are to be told.
std::vector<std::vector<model::Change>> what_stands(const model::Checkpoint& checkpoint, base::Time now);

}  // namespace davylamp::app
