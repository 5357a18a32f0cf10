// Writes session rows and their endpoints.
#pragma once

#include "contract/store.hpp"
#include "store/sql/bulk_insert.hpp"
#include "store/sql/user_writer.hpp"

namespace davylamp::sql {

class SessionWriter {
 public:
  explicit SessionWriter(Connection& connection);

  // `next_id` is greater than every id stored so far; returns the same for afterwards.
  model::SessionId write(const std::vector<contract::StoredSession>& sessions, model::SessionId next_id,
                         UserWriter& users);
  void write(const std::vector<contract::EndpointSighting>& sightings);
  void write(const contract::Cursor& cursor);
  // The row of a source; made when it is not there.
  std::int64_t source_id(const model::SourceId& source);

 private:
  // A row to be written: the session, and its source's row.
  struct Row {
    const contract::StoredSession* stored;
    std::int64_t source;
  };
  void insert(std::span<const Row> rows);
  UserShare replace(const Row& row, UserWriter& users);
  static void bind(Statement& statement, int index, const Row& row);

  BulkInsert insert_;
  Statement update_open_;
  Statement user_of_;
  Statement replace_;
  BulkInsert endpoint_;
  Statement source_;
  Statement source_id_;
  Statement cursor_;
};

}  // namespace davylamp::sql
