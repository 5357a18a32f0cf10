// What discovery found, for people and for programs.
#pragma once

#include <string>

#include "app/discover/find.hpp"

namespace davylamp::app {

// A paragraph per server or service: usable or not, and what to do.
std::string discovery_text(const Discovery& discovery);
// Tables of what is usable; the rest as comments. The configuration takes it as it is.
std::string discovery_toml(const Discovery& discovery);
std::string discovery_json(const Discovery& discovery);
bool found_usable(const Discovery& discovery);

}  // namespace davylamp::app
