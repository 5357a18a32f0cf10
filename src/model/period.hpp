// A stretch of time over which a limit counts, and how it repeats.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"

namespace davylamp::model {

enum class PeriodKind {
  day,          // from midnight to midnight in `zone`
  week,         // from Monday's midnight
  month,        // from the first of the month
  anniversary,  // a month that begins on day `anchor_day`; a shorter month's last day stands in
  rolling,      // the last `days` days, moving on by whole hours: nothing resets, old bytes drop out
  once,         // from `starts_at` to `ends_at`, or for ever
};
BOOST_DESCRIBE_ENUM(PeriodKind, day, week, month, anniversary, rolling, once)

struct Period {
  PeriodKind kind = PeriodKind::month;
  std::string zone = "UTC";      // IANA name
  std::uint32_t anchor_day = 1;  // anniversary: 1 to 31
  std::uint32_t days = 30;       // rolling: 1 to 366
  std::optional<base::Time> starts_at;
  std::optional<base::Time> ends_at;
  bool operator==(const Period&) const = default;
};
BOOST_DESCRIBE_STRUCT(Period, (), (kind, zone, anchor_day, days, starts_at, ends_at))

}  // namespace davylamp::model
