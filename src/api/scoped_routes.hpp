// What becomes of each call when somebody asks who sees only some servers.
#pragma once

#include <optional>

#include "api/routes.hpp"

namespace davylamp::api {

enum class ScopeRule {
  open,      // tells of no server, or only of the caller
  narrowed,  // tells of the caller's servers: the route looks at Call::scope
  empty,     // not of a server, and the page asks for it: an empty list
  refused,   // not of a server
};

// Every route has one; a test sees to it. A route without one is refused.
std::optional<ScopeRule> scope_rule(RouteFunction function);
// Instead of the call; nothing when it may go on.
std::optional<Response> answer_outside_scope(const Route& route, const Call& call);

// The servers that a query is for: those of the parameter "server" that the caller sees, or all of these.
std::vector<std::string> servers_for(const Resources& resources, const Call& call, std::vector<std::string> asked);

}  // namespace davylamp::api
