// What discovery found, for people and for programs.
#pragma once

#include <string>

#include "app/discover/find.hpp"

namespace davylamp::app {

// A paragraph per server: usable or not, and what to do.
std::string discovery_text(const Discovery& discovery);
// [[source.openvpn]] tables of the usable servers; the others as comments.
std::string discovery_toml(const Discovery& discovery);
std::string discovery_json(const Discovery& discovery);
bool found_usable(const Discovery& discovery);

}  // namespace davylamp::app
