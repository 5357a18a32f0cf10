// What explains what: of a cause and what follows from it, people are told of the cause.
#pragma once

#include <vector>

#include "core/alerts/sign.hpp"
#include "core/alerts/site_watch.hpp"

namespace davylamp::core {

// The conditions that would explain `topic`, the weightier first. `parent` as in Incident.
std::vector<Topic> explanations(const Topic& topic, const std::optional<std::string>& parent, const SiteWatch& sites);
// Whether something else may be explained by it.
bool explains(model::ConditionKind condition);

}  // namespace davylamp::core
