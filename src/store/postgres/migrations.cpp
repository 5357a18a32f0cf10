#include "store/postgres/migrations.hpp"

#include <cstdint>
#include <map>

#include "base/result.hpp"
#include "base/text.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/timescale.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

void check_encoding(Connection& connection) {
  sql::Statement row(connection, "SELECT current_setting('server_encoding')");
  row.step();
  const auto encoding = row.text(0);
  if (encoding == "UTF8") return;
  throw base::Failure("wrong_encoding", "the database " + connection.name() + " has the encoding " + encoding +
                                            ": make one for Davylamp with CREATE DATABASE ... ENCODING 'UTF8' "
                                            "TEMPLATE template0");
}

// Tables that an extension brought along are nobody's.
bool has_migrations_table(Connection& connection) {
  sql::Statement tables(
      connection,
      "SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.oid AND attname = 'checksum') "
      "FROM pg_class AS c WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) "
      "AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e')");
  bool any = false;
  while (tables.step()) {
    if (tables.text(0) == "schema_migrations" && tables.integer(1) != 0) return true;
    any = true;
  }
  if (any) {
    throw base::Failure("foreign_database", "the database " + connection.name() +
                                                " belongs to another program: make one for Davylamp alone, and name "
                                                "it in store.url");
  }
  return false;
}

// Whether every migration is there already: the usual start.
bool complete(Connection& connection, std::span<const Migration> migrations) {
  return has_migrations_table(connection) && sql::all_applied(connection, migrations, "name another database");
}

void apply(Connection& connection, const Migration& migration, bool divided_by_extension) {
  connection.run(divided_by_extension ? without_parts(migration.sql) : std::string(migration.sql));
  sql::note_applied(connection, migration, "CAST(extract(epoch FROM now()) AS BIGINT)");
}

}  // namespace

std::string without_parts(std::string_view sql) {
  std::string kept;
  for (const auto line : base::split(sql, '\n')) {
    if (line.contains(" PARTITION OF ") && line.ends_with(" DEFAULT;")) continue;
    kept += line.starts_with(") PARTITION BY RANGE") ? std::string_view(");") : line;
    kept += '\n';
  }
  return kept;
}

void check_schema(const Config& config, std::span<const Migration> migrations) {
  Connection connection(config);
  if (complete(connection, migrations)) return;
  throw base::Failure("older_database", "the database " + connection.name() +
                                            " is empty or of an older version: start davylampd once, which brings it "
                                            "up to date");
}

void migrate(const Config& config, std::span<const Migration> migrations) {
  Connection connection(config, {.statement_seconds = 0, .lock_seconds = 60});
  check_encoding(connection);
  if (complete(connection, migrations)) return;
  const bool use_extension = config.timescale && find_timescale(connection, Install::if_possible).usable;
  sql::Transaction transaction(connection, sql::Unit::batch);
  connection.lock(SharedLock::migrations);
  const bool fresh = !has_migrations_table(connection);
  const auto applied = fresh ? std::map<std::int64_t, std::string>() : sql::applied_checksums(connection);
  const bool by_extension = fresh ? use_extension : has_hypertables(connection);
  for (const auto& migration : migrations) {
    if (!applied.contains(migration.number)) apply(connection, migration, by_extension);
  }
  if (fresh && by_extension) make_hypertables(connection);
  transaction.commit();
}

}  // namespace davylamp::postgres
