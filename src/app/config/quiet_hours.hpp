// "22:00-07:00": the hours in which a channel is spared.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace davylamp::app {

// Minutes of the day; `from` may be after `to`: over midnight.
struct QuietHours {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
};

// Nothing when it is not two different times of the day.
std::optional<QuietHours> parse_quiet_hours(std::string_view text);

}  // namespace davylamp::app
