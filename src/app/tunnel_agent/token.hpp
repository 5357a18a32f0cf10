// As whom the agent reports.
#pragma once

#include "app/tunnel_agent/loop.hpp"
#include "app/tunnel_agent/options.hpp"

namespace davylamp::app {

// The token that was given, or that of an earlier enrolment. Throws Failure when a token file that was given cannot be
// used.
std::optional<probe::Enrolment> known_agent_identity(const TunnelAgentOptions& told);

// As known_agent_identity(); without any, a new one for the one-time token, which is then kept; while the hub is away
// it is tried again and again. Throws Failure when there is none.
io::Task<probe::Enrolment> find_agent_identity(TunnelAgentWorld world, const TunnelAgentOptions& told);

}  // namespace davylamp::app
