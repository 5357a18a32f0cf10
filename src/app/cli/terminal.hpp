// Secrets from the terminal.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::app {

// Shows `prompt` on the controlling terminal and reads a line without echo; the terminal is put back also when a signal
// asks the process to end. Fails with "no_terminal".
base::Result<std::string> ask_secret_on_terminal(std::string_view prompt);

}  // namespace davylamp::app
