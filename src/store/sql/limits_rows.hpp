// Reading and writing the rows that operators lay down.
#pragma once

#include "model/account.hpp"
#include "model/limits.hpp"
#include "store/sql/audit.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

// Within a transaction of the caller, so that all of it is of one moment.
model::Limits load_limits(Connection& connection);
// The caller's transaction changed something of it.
void grow_limits_revision(Connection& connection);

// Runs one statement that binds `values`; returns how many rows it changed.
template <class... T>
std::int64_t run(Connection& connection, std::string_view sql, const T&... values) {
  Statement statement(connection, sql);
  statement.bind_all(values...);
  return statement.run();
}

}  // namespace davylamp::sql
