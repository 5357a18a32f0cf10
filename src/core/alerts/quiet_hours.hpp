// When a channel is quiet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/zone.hpp"

namespace davylamp::core {

// Minutes since midnight as the zone's clocks show it, so that quiet hours move with them. An unknown zone counts as
// UTC.
std::uint16_t minute_of_day(const base::Zones& zones, const std::string& zone, base::Time now);
// Whether `minute` lies in [from, to); over midnight when `to` is before `from`. Never when they are equal.
bool is_quiet(std::uint16_t from, std::uint16_t to, std::uint16_t minute);
// "09:00" as minutes; nothing when it is no time of day.
std::optional<std::uint16_t> parse_time_of_day(std::string_view text);

}  // namespace davylamp::core
