// From the configuration to what the hub's door needs to know.
#pragma once

#include <string>

#include "api/agents/report_service.hpp"
#include "app/config.hpp"

namespace davylamp::app {

// Reads the shared key's file. Throws Failure when it cannot be read, or holds a key that is easy to guess.
api::ReportService::Options hub_options(const Config& config, const std::string& version);

}  // namespace davylamp::app
