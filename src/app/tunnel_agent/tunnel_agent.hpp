// davylamp-agent inside a tunnel: looks at it again and again, and tells the hub.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

namespace davylamp::app {

// `arguments` without the program's name. 0 after a requested stop, 1 when something failed, 2 when the arguments are
// wrong. Sets RES_OPTIONS for this process, so that a dead resolver does not hold it for long.
int run_tunnel_agent(std::span<const std::string_view> arguments, std::string_view version, std::ostream& out,
                     std::ostream& err);

}  // namespace davylamp::app
