// What the daemon's user may use, told by root.
#pragma once

#include <string>
#include <vector>

#include "app/config/reachable.hpp"

namespace davylamp::app {

// check_reachable() as `account`, in a child process, when this one is root and there is such an account; else as this
// process. `user` becomes the name of whoever it was checked for.
std::vector<Finding> reachable_as(const std::string& account, const Config& config, base::Time now, std::string& user);

}  // namespace davylamp::app
