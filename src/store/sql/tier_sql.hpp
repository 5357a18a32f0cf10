// Pieces of SQL that several tables share.
#pragma once

#include <string>

#include "base/time.hpp"

namespace davylamp::sql {

// Adds to the row of `table` that is there, without overflow: a sum beyond 2^63-1 would become a floating-point number
// in one engine, and an error in the other.
inline std::string add_bytes_sql(const std::string& table) {
  const auto add = [&](const std::string& column) {
    return column + " = min(" + table + "." + column + ", 9223372036854775807 - excluded." + column + ") + excluded." +
           column;
  };
  return add("rx_bytes") + ", " + add("tx_bytes");
}

// The tiers have the time first, so a row is looked up for each step of the span ?1 to ?2: dear for years, cheap for
// what people look at, and it spares the writer an index.
inline std::string steps_sql(base::Seconds step) {
  return "WITH RECURSIVE steps (step_at) AS (SELECT CAST(?1 AS BIGINT) WHERE CAST(?1 AS BIGINT) <= ?2 UNION ALL SELECT "
         "step_at + " +
         std::to_string(step.count()) + " FROM steps WHERE step_at + " + std::to_string(step.count()) + " <= ?2) ";
}

}  // namespace davylamp::sql
