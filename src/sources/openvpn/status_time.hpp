#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace davylamp::openvpn {

// The zone a server writes its local times in. Without an offset: the zone of this machine.
struct ServerZone {
  std::optional<std::chrono::seconds> utc_offset;
};

// True for the two forms OpenVPN writes: `2026-11-21 03:34:08` (2.5 and later) and `Thu Jun 18 04:23:03 2015`.
bool is_status_time(std::string_view text);

// The UNIX seconds of such a local time; empty when it is none. The day of the week is not checked against the date.
std::optional<std::int64_t> parse_status_time(std::string_view text, const ServerZone& zone);

}  // namespace davylamp::openvpn
