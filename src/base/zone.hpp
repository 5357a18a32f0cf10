// Named time zones, as the core sees them. The database is behind io/system_zones.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace davylamp::base {

// A stretch of time, [begin, end), in which a zone's clocks do not change: local time is UTC and `offset`.
struct ZoneSpan {
  Time begin{};
  Time end{};
  Seconds offset{};
};

// Safe to call from any thread.
class Zones {
 public:
  constexpr Zones() = default;
  Zones(const Zones&) = delete;
  Zones& operator=(const Zones&) = delete;
  constexpr virtual ~Zones() = default;
  // The span that holds `at`. Fails with "unknown_zone" when there is no IANA zone of that name.
  virtual Result<ZoneSpan> span(std::string_view zone, Time at) const = 0;
};

// Knows UTC alone.
class UtcZones : public Zones {
 public:
  Result<ZoneSpan> span(std::string_view zone, Time) const override {
    if (zone != "UTC") return fail("unknown_zone", "only UTC is known here, not " + std::string(zone));
    return ZoneSpan{Time::min(), Time::max(), Seconds{0}};
  }
};
inline constexpr UtcZones utc_zones{};

}  // namespace davylamp::base
