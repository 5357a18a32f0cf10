// davylamp-agent: from arguments to an exit code. With --local it runs the collect role alone, and meets the daemon at
// a Unix socket; without, it looks at a tunnel from inside (tunnel_agent/).
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

namespace davylamp::app {

// 0 after a requested stop, 1 when something failed, 2 when the arguments or the configuration are wrong.
int run_agent(std::span<const std::string_view> arguments, std::string_view version, std::ostream& out,
              std::ostream& err);

}  // namespace davylamp::app
