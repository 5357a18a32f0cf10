// Pieces of SQL that several tables share.
#pragma once

#include <string>

namespace davylamp::sqlite {

// Adds without overflow: SQLite would turn a sum beyond 2^63-1 into a floating-point number.
inline std::string add_bytes_sql() {
  return "rx_bytes = min(rx_bytes, 9223372036854775807 - excluded.rx_bytes) + excluded.rx_bytes, "
         "tx_bytes = min(tx_bytes, 9223372036854775807 - excluded.tx_bytes) + excluded.tx_bytes";
}

}  // namespace davylamp::sqlite
