// What is expected where nothing is written: what was seen first, undisturbed.
#pragma once

#include "core/agents/exit_rules.hpp"

namespace davylamp::core {

inline constexpr std::size_t most_learned_countries = 4;
inline constexpr std::size_t most_learned_asns = 8;
inline constexpr std::size_t most_learned_networks = 16;

// Something is still to be learned for this agent.
bool is_learning(const model::AgentSettings& settings, const model::Learned& learned);
// One undisturbed heartbeat. Learning is done after `learning_heartbeats` in a row that bring nothing new; each country
// or network (AS) that is new, of a provider that changes them, is added and begins the row anew.
void learn(model::Learned& learned, const ExitLook& look);
// A resolver that was as it should be, while learning.
void learn_resolver(model::Learned& learned, const model::Address& resolver);

}  // namespace davylamp::core
