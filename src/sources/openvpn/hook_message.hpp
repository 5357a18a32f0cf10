// What davylamp-hook says, in the words of the model.
#pragma once

#include <cstdint>
#include <optional>

#include "hook/message.hpp"
#include "model/observation.hpp"

namespace davylamp::openvpn {

// Recognises a client between its connect and its disconnect hook, which has no client id: the second in which it came,
// where from, its names.
std::uint64_t hook_client(const hook::Message& message);

// The last word on a client that left. Nothing when it lacks the time or the counters.
std::optional<model::PeerFinal> hook_final(const hook::Message& message);

model::LoginRefused hook_refusal(const hook::Message& message);

// False for a client that left and never was in the tunnel, as far as the message alone tells. Bridged servers ("tap")
// give no virtual addresses.
bool hook_tells_of_session(const hook::Message& message);

}  // namespace davylamp::openvpn
