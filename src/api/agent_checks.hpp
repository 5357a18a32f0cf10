// What an agent's settings, a rule and a silence may be.
#pragma once

#include "api/body.hpp"
#include "api/dto/alerts.hpp"
#include "base/zone.hpp"
#include "model/incident.hpp"

namespace davylamp::api {

// Brings country codes into capitals.
Complaints check_agent(model::AgentSettings& settings);
// `channels` are the names that there are.
Complaints check_rule(const model::AlertRule& rule, const std::vector<Channel>& channels, const base::Zones& zones);
// One without a start begins at `now`.
Complaints check_silence(model::Silence& silence, base::Time now);

}  // namespace davylamp::api
