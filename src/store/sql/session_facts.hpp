// What is true of a session for as long as it lasts, in short: all that is stored of it but what every report changes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "contract/store.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

// Columns of a session that may be different at every report.
inline constexpr std::array<std::string_view, 8> moving_columns{"last_seen_at", "rx_bytes", "tx_bytes", "rx_bps",
                                                                "tx_bps",       "evidence", "quality",  "flows"};

// The statement, on lists, that raises the moving columns of open sessions that are stored.
std::string move_sql();
// Binds id and the moving columns of one row, from 1 on.
void bind_moving(Statement& statement, const model::Session& session);

// Tells rows apart whose other columns differ: 64 bits under a key of this process, so that nobody can choose names
// that look the same.
class FactsDigest {
 public:
  FactsDigest();
  std::uint64_t of(const contract::StoredSession& stored, std::int64_t source);

 private:
  std::string key_;
  std::string bytes_;
};

}  // namespace davylamp::sql
