// What is said of limits, in plain sentences.
#pragma once

#include <string>

#include "base/zone.hpp"
#include "core/quota/period_span.hpp"
#include "model/limits.hpp"

namespace davylamp::core {

// Of whom: "anna", or "the group staff".
std::string subject_text(const model::Limit& limit, const std::string& user);
// "20 GB (down, this month)"
std::string amount_text(const model::Limit& limit, std::uint64_t allowed_bytes);
// "; resets 2026-12-01 00:00 Europe/Berlin", or what there is instead of a reset.
std::string reset_text(const model::Limit& limit, const PeriodSpan& span, const base::Zones& zones);
// For the user's own eyes, by the VPN client: ASCII, at most 200 bytes, names nobody.
std::string refusal_message(const model::Limit& limit, const PeriodSpan& span, const base::Zones& zones);

}  // namespace davylamp::core
