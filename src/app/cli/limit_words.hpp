// Limits as they are typed and shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/limits.hpp"

namespace davylamp::app {

// "day", "week", "month", "rolling:30", "anniversary:15", "once"; the zone stays the default. Fails with "usage".
base::Result<model::Period> parse_period(std::string_view text);
std::string period_text(const model::Period& period);

// "50,80,95" or "none". Fails with "usage".
base::Result<std::vector<std::uint32_t>> parse_thresholds(std::string_view text);

// "anna", "everyone in staff", "each of staff".
std::string subject_text(const model::Limit& limit);
// One line: "limit 7: each of staff, 5.00 GB down and up per month (UTC)".
std::string limit_text(const model::Limit& limit);

// The limits that bind `user` alone: the user's own, or where there is none those on each member of the user's groups.
std::vector<model::Limit> limits_of(const model::Limits& limits, const std::string& user);
bool is_member(const model::Limits& limits, const std::string& group, const std::string& user);

// The one limit that is meant: `id` when given, else the only one in limits_of(). Fails with "usage" and the choices.
base::Result<model::Limit> meant_limit(const model::Limits& limits, const std::string& user,
                                       const std::optional<std::string>& id);

}  // namespace davylamp::app
