// What is kept of VPN users, in sentences.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"

namespace davylamp::app {

// What `davylamp privacy show` and the page say: true for this configuration, nothing left out.
std::vector<std::string> privacy_statement(const Config& config);

}  // namespace davylamp::app
