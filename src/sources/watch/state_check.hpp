// Whether a state file's bytes can be believed.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "sources/watch/state_layout.hpp"

namespace davylamp::watch {

// A header for this many slots, with its check filled in.
StateHeader fresh_header(std::uint32_t most_peers, std::uint32_t most_flows);
// Of a file with these slots.
std::size_t state_bytes(std::uint32_t most_peers, std::uint32_t most_flows);
// What is wrong with the beginning of a file of `bytes`, if anything.
std::optional<std::string> fault_of(const StateHeader& header, std::size_t bytes);
// What is wrong with what is remembered, if anything.
std::optional<std::string> fault_of(const StateHeader& header, std::span<const PeerSlot> peers,
                                    std::span<const FlowSlot> flows);

}  // namespace davylamp::watch
