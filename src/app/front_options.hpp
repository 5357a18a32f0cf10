// From the configuration to who may ask, through whom, and how often.
#pragma once

#include "api/rates/rate_limiter.hpp"
#include "api/server.hpp"
#include "app/config.hpp"

namespace davylamp::app {

// Fills in proxies, allow-list, origins and base path. `config` has no problems.
void set_front(const Config& config, api::ServerOptions& options);

api::Rates rates_of(const RateConfig& config);

}  // namespace davylamp::app
