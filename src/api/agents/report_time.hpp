// Times as other tools write them, and as they read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace davylamp::api {

// "2026-11-21T03:54:58+0000", "...+00:00", "...Z", with or without a fraction of the second; a time without an offset
// is UTC. Nothing when it is not that, or no such day exists.
std::optional<base::Time> parse_report_time(std::string_view text);
// "2026-11-21T04:08:57.760+00:00"
std::string report_time(base::Time time);

}  // namespace davylamp::api
