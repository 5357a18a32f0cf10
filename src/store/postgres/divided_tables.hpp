// Which tables are divided by time, and how.
#pragma once

#include <cstdint>
#include <string_view>

#include "contract/store.hpp"

namespace davylamp::postgres {

struct DividedTable {
  std::string_view name;
  std::string_view column;    // UNIX seconds
  std::int64_t part_seconds;  // what one part holds
  int parts_ahead;            // that are made before their time comes
  base::Seconds contract::Retention::* kept;
};

inline constexpr std::int64_t day_seconds = 86'400;
inline constexpr DividedTable divided_tables[] = {
    {"traffic_minute", "at", day_seconds, 3, &contract::Retention::minutes},
    {"load_minute", "at", day_seconds, 3, &contract::Retention::minutes},
    {"traffic_hour", "at", 30 * day_seconds, 1, &contract::Retention::hours},
    {"attempts", "hour_at", 7 * day_seconds, 1, &contract::Retention::events},
};

}  // namespace davylamp::postgres
