#include "io/system_zones.hpp"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "base/text.hpp"

namespace davylamp::io {
namespace {

// What the database calls the beginning and the end of time does not fit into milliseconds everywhere.
base::Time clamped(std::chrono::sys_seconds time) {
  constexpr auto furthest = std::chrono::sys_seconds{base::Seconds{253'402'300'800}};  // the year 10000
  return std::clamp(time, -furthest.time_since_epoch() + std::chrono::sys_seconds{}, furthest);
}

}  // namespace

base::Result<base::ZoneSpan> SystemZones::span(std::string_view zone, base::Time at) const {
  try {
    const auto found = date::locate_zone(zone)->get_info(std::chrono::floor<base::Seconds>(at));
    return base::ZoneSpan{clamped(found.begin), clamped(found.end), found.offset};
  } catch (const std::runtime_error&) {
    return base::fail("unknown_zone", "this host knows no time zone \"" + base::printable(zone) +
                                          "\"; names are as in Europe/Berlin, the package is tzdata");
  }
}

}  // namespace davylamp::io
