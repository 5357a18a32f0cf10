// Thinks: the nftables statements of fences. Pure; each result is one transaction for `nft -f -`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/geofence/fence.hpp"

namespace davylamp::app {

inline constexpr std::string_view fence_table = "inet davylamp_geofence";

// The key of a service: letters, digits and "_" of its name, and a number where that is not the whole name.
std::string fence_key(std::string_view service);

// Sets, counters and the chain that judges; nothing leads to it yet. `counted` is what its counters begin with.
//
// All of it lives in a table of our own. A service has a chain at prerouting, behind conntrack (-200) and before
// destination NAT (-100): so it sees the port that the client names, also where a container serves it, and `fib` leaves
// alone what only passes through this host. It accepts or drops; other tables still have their say on what it accepts.
std::string fence_definition(const FenceId& id, const CompiledFence& fence, const FenceCounts& counted = {});

// The definition is tried: for `seconds` it judges in the place of `kept`. The kernel itself counts the time: the rules
// match only while an element of a set lives, so that it falls back to `kept` (or to no fence) whatever becomes of us.
std::string fence_trial(const FenceId& id, std::string_view definition, const std::optional<FenceId>& kept,
                        std::uint32_t seconds);
// The definition holds from now on; `old` is taken away.
std::string fence_kept(const FenceId& id, std::string_view definition, const std::optional<FenceId>& old);
// What was tried holds from now on, with its counters.
std::string fence_confirmation(const FenceId& tried, const std::optional<FenceId>& kept);
// What was tried is taken away; `kept` judges.
std::string fence_withdrawal(const FenceId& tried, const std::optional<FenceId>& kept);
// What is left of a fence to which nothing leads any more: follows one of the above.
std::string fence_objects_removal(const FenceId& id);
// Nothing of the service is left.
std::string fence_removal(const std::vector<FenceId>& all);
// The whole table is taken away.
std::string fence_table_removal();

// What `nft -j list counters table ...` tells of a fence; zeros for what is not there. Nothing for what is no such
// text.
std::optional<FenceCounts> fence_counts(std::string_view json, const FenceId& id);

}  // namespace davylamp::app
