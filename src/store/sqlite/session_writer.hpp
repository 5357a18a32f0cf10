// Writes session rows and their endpoints.
#pragma once

#include "contract/store.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/user_writer.hpp"

namespace davylamp::sqlite {

class SessionWriter {
 public:
  explicit SessionWriter(Connection& connection);

  // `next_id` is greater than every id stored so far; returns the same for afterwards.
  model::SessionId write(const std::vector<contract::StoredSession>& sessions, model::SessionId next_id, UserWriter& users);
  void write(const contract::EndpointSighting& sighting);
  void write(const contract::Cursor& cursor);

 private:
  std::int64_t source_id(const model::SourceId& source);
  UserShare insert(const contract::StoredSession& stored, std::int64_t source);
  UserShare replace(const contract::StoredSession& stored, std::int64_t source, UserWriter& users);
  static void bind(Statement& statement, const contract::StoredSession& stored, std::int64_t source);

  Statement insert_;
  Statement update_open_;
  Statement user_of_;
  Statement replace_;
  Statement endpoint_;
  Statement source_;
  Statement source_id_;
  Statement cursor_;
};

}  // namespace davylamp::sqlite
