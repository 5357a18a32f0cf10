// One daemon at work: the roles it has, from start to stop.
#pragma once

#include <iosfwd>
#include <string_view>

#include "app/config.hpp"
#include "app/division.hpp"

namespace davylamp::app {

// Until it is asked to stop, or a role fails. Returns the exit code; throws Failure when it cannot start.
int run_roles(const ConfigReading& reading, const Roles& roles, std::string_view version, std::ostream& err);

}  // namespace davylamp::app
