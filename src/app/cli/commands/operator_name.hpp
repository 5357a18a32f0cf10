// Who is at the keyboard, for the audit log.
#pragma once

#include <string>

#include "app/cli/command.hpp"

namespace davylamp::app {

// "command line (root)"
std::string operator_name();

}  // namespace davylamp::app
