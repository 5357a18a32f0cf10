// What an agent's state says about the conditions of agents.
#pragma once

#include <vector>

#include "core/alerts/sign.hpp"
#include "model/agent.hpp"

namespace davylamp::core {

// One sign for each condition that is known to be true or false. Of an agent that is not heard of, what is not found is
// not known to be gone: it has no sign.
std::vector<Sign> signs_of(const model::Agent& agent);
// All conditions of agents are over: it was removed.
std::vector<Sign> signs_without(const std::string& agent);

}  // namespace davylamp::core
