#include "store/sqlite/migrations.hpp"

#include <string>

#include "base/result.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {
namespace {

bool has_migrations_table(Connection& connection) {
  Statement tables(connection,
                   "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  bool any = false;
  while (tables.step()) {
    if (tables.text(0) == "schema_migrations") return true;
    any = true;
  }
  if (any) {
    throw base::Failure(
        "foreign_database",
        "the database " + connection.path() + " belongs to another program: configure another path for Davylamp's own");
  }
  return false;
}

void apply(Connection& connection, const Migration& migration) {
  connection.run(std::string(migration.sql));
  sql::note_applied(connection, migration, "unixepoch()");
}

// Whether every migration is there already: the usual start, which needs no write lock.
bool complete(Connection& connection, std::span<const Migration> migrations) {
  return has_migrations_table(connection) && sql::all_applied(connection, migrations, "move the database away");
}

}  // namespace

int schema_number(Connection& connection, std::span<const Migration> migrations) {
  if (complete(connection, migrations)) return migrations.empty() ? 0 : migrations.back().number;
  if (!has_migrations_table(connection)) return 0;
  const auto applied = sql::applied_checksums(connection);
  return applied.empty() ? 0 : static_cast<int>(applied.rbegin()->first);
}

void migrate(Connection& connection, std::span<const Migration> migrations) {
  if (complete(connection, migrations)) return;
  for (const auto& migration : migrations) {
    Transaction transaction(connection, Unit::write);
    connection.run(
        "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
    if (!sql::applied_checksums(connection).contains(migration.number)) apply(connection, migration);
    transaction.commit();
  }
}

}  // namespace davylamp::sqlite
