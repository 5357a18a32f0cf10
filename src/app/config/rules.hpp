// What a configuration must satisfy beyond types.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"

namespace davylamp::app {

// "path: what is wrong", all of them.
std::vector<std::string> broken_rules(const Config& config);
// Those of the sources besides what is OpenVPN's alone.
std::vector<std::string> broken_source_rules(const SourceConfig& sources);

}  // namespace davylamp::app
