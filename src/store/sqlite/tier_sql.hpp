// Pieces of SQL that several tables share.
#pragma once

#include <string>

#include "base/time.hpp"

namespace davylamp::sqlite {

// Adds without overflow: SQLite would turn a sum beyond 2^63-1 into a floating-point number.
inline std::string add_bytes_sql() {
  return "rx_bytes = min(rx_bytes, 9223372036854775807 - excluded.rx_bytes) + excluded.rx_bytes, "
         "tx_bytes = min(tx_bytes, 9223372036854775807 - excluded.tx_bytes) + excluded.tx_bytes";
}

// The tiers have the time first, so a row is looked up for each step of the span ?1 to ?2: dear for years, cheap for
// what people look at, and it spares the writer an index.
inline std::string steps_sql(base::Seconds step) {
  return "WITH RECURSIVE steps (step_at) AS (SELECT ?1 WHERE ?1 <= ?2 UNION ALL SELECT step_at + " +
         std::to_string(step.count()) + " FROM steps WHERE step_at + " + std::to_string(step.count()) + " <= ?2) ";
}

}  // namespace davylamp::sqlite
