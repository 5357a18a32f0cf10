// Writes rows of attempts.
#pragma once

#include <vector>

#include "contract/store.hpp"
#include "store/sql/bulk_insert.hpp"
#include "store/sql/session_writer.hpp"

namespace davylamp::sql {

class AttemptWriter {
 public:
  explicit AttemptWriter(Connection& connection);
  // `sources` finds the rows of sources.
  void write(const std::vector<contract::StoredAttempt>& attempts, SessionWriter& sources);

 private:
  struct Row {
    const contract::StoredAttempt* stored;
    std::int64_t source;
  };
  BulkInsert raise_;
};

}  // namespace davylamp::sql
