#include "store/postgres/upkeep.hpp"

#include "store/postgres/connection.hpp"
#include "store/postgres/divided_tables.hpp"
#include "store/postgres/partitions.hpp"
#include "store/postgres/timescale.hpp"

namespace davylamp::postgres {

// The server looks after statistics of tables, but not of those that are divided.
std::string Upkeep::optimize() {
  Connection connection(config_, {.statement_seconds = 600, .lock_seconds = 5});
  std::string said;
  if (has_hypertables(connection)) {
    said = tune_hypertables(connection);
  } else {
    const auto made = make_parts(connection);
    said = std::to_string(made) + " parts of tables were made ahead; " + std::to_string(rows_without_part(connection)) +
           " rows belong to none.";
  }
  for (const auto& table : divided_tables) connection.run("ANALYZE " + std::string(table.name));
  return said + " The statistics for choosing indexes are up to date.";
}

std::string Upkeep::checkpoint() {
  return "PostgreSQL moves its log into the database by itself.";
}

std::string Upkeep::vacuum() {
  return "PostgreSQL uses free space again by itself (autovacuum).";
}

std::string Upkeep::backup(const std::string&) {
  throw base::Failure("not_here",
                      "the store is PostgreSQL, which is backed up with its own tools: pg_dump, or pg_basebackup with "
                      "its log; see docs/operate/postgresql.md");
}

}  // namespace davylamp::postgres
