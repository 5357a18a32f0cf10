// What OpenVPN tells its scripts, and its management interface at ESTABLISHED.
#pragma once

#include <string>
#include <vector>

#include "sim/instance.hpp"

namespace davylamp::sim {

class Server;

enum class HookKind : std::uint8_t { connect, disconnect };

// "name=value", as 2.6 gives them to client-connect and client-disconnect.
std::vector<std::string> environment_of(const Server& server, const Instance& instance, HookKind kind);

}  // namespace davylamp::sim
