// What holds for agents, rules and silences in every store: what is an error, and what is not kept.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "model/incident.hpp"

namespace davylamp::store {

std::unexpected<base::Error> no_agent(std::string_view name);
std::unexpected<base::Error> no_rule(std::uint64_t id);
std::unexpected<base::Error> no_silence(std::uint64_t id);
std::unexpected<base::Error> no_token();
std::unexpected<base::Error> token_exists();

// One that ended before it ever fired: nothing of it is kept.
bool came_to_nothing(const model::Incident& incident);

}  // namespace davylamp::store
