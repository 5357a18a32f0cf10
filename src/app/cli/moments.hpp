// Points in time as an operator types them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "base/zone.hpp"

namespace davylamp::app {

// Where and when a moment is typed.
struct Here {
  const base::Zones& zones;
  std::string zone;
  base::Time now{};
};

// When something ends: "+3d", "+12h", "+30min", "+2w" from now; "today", "tomorrow", "friday", "2026-12-01": at that
// day's end in the zone; "2026-12-01T18:00": then, in the zone, or with "Z" or "+02:00" behind it. Fails with "usage"
// and a sentence that says how to write it: a day that could be two, a local time that a clock change skips or repeats,
// the past.
base::Result<base::Time> parse_until(std::string_view text, const Here& here);

// "2026-10-07 10:45:06" as another program wrote it in the zone: the first of two such moments, and where the clocks
// skip it, what they would have shown. Fails with "bad_time".
base::Result<base::Time> parse_recorded(std::string_view text, const Here& here);

// "2026-12-01 18:00 Europe/Berlin".
std::string local_text(base::Time time, const Here& here);

}  // namespace davylamp::app
