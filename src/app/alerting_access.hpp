// From the configuration and the stores to what the calls about agents and alerts work with.
#pragma once

#include "api/alerting_access.hpp"
#include "app/config.hpp"

namespace davylamp::app {

std::vector<api::Channel> configured_channels(const NotifyConfig& notify);
api::AlertingAccess alerting_access(const Config& config, io::Worker<contract::AgentStore>& agents,
                                    io::Worker<contract::AlertStore>& alerts);

}  // namespace davylamp::app
