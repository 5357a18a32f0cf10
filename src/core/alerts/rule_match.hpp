// Which rule speaks for a subject, and which silence covers it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/incident.hpp"

namespace davylamp::core {

// `*` stands for any number of bytes, `?` for one; everything else for itself.
bool matches_glob(std::string_view pattern, std::string_view text);
bool is_glob(std::string_view pattern);

// The most specific enabled rule of the condition: one that names the subject, then the longest pattern that matches,
// then one for all; of equal ones the oldest. Nothing when there is none. The pointer is into `rules`.
const model::AlertRule* rule_for(const std::vector<model::AlertRule>& rules, model::ConditionKind condition,
                                 std::string_view subject);

// The first silence in force at `now` whose pattern matches the subject, its parent ("site office"), or the parent's
// name ("office"). The pointer is into `silences`.
const model::Silence* silence_over(const std::vector<model::Silence>& silences, const model::Incident& incident,
                                   base::Time now);
// Whether a maintenance window for all conditions is over the agent.
bool in_maintenance(const std::vector<model::Silence>& silences, const std::string& agent,
                    const std::optional<std::string>& site, base::Time now);

}  // namespace davylamp::core
