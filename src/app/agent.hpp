// davylamp-agent: from arguments to an exit code. Runs the collect role alone, and meets the daemon at a Unix socket.
#pragma once

#include <iosfwd>
#include <span>
#include <string_view>

namespace davylamp::app {

// 0 after a requested stop, 1 when something failed, 2 when the arguments or the configuration are wrong.
int run_agent(std::span<const std::string_view> arguments, std::string_view version, std::ostream& out,
              std::ostream& err);

}  // namespace davylamp::app
