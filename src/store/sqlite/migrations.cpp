#include "store/sqlite/migrations.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/result.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {
namespace {

// FNV-1a: finds an edited file, which is all it is for.
std::string checksum(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
  std::array<char, 16> digits{};
  for (auto& digit : digits) {
    digit = "0123456789abcdef"[hash >> 60U];
    hash <<= 4U;
  }
  return {digits.begin(), digits.end()};
}

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

std::map<std::int64_t, std::string> applied_checksums(Connection& connection) {
  Statement rows(connection, "SELECT number, checksum FROM schema_migrations");
  std::map<std::int64_t, std::string> applied;
  while (rows.step()) applied.emplace(rows.integer(0), rows.text(1));
  return applied;
}

void refuse_newer(const Connection& connection, std::span<const Migration> migrations, std::int64_t newest) {
  const int known = migrations.empty() ? 0 : migrations.back().number;
  if (newest <= known) return;
  throw base::Failure("newer_database", "the database " + connection.path() +
                                            " was written by a newer Davylamp (schema " + std::to_string(newest) +
                                            ", this one knows " + std::to_string(known) +
                                            "): install the newer version again, or restore a copy of before");
}

void check_unchanged(const Connection& connection, const Migration& migration, const std::string& applied) {
  if (applied == checksum(migration.sql)) return;
  throw base::Failure("migration_changed",
                      "migration " + std::to_string(migration.number) + " (" + std::string(migration.name) +
                          ") is not the one that the database " + connection.path() +
                          " was made with: run the Davylamp that made it, or move the database away");
}

void apply(Connection& connection, const Migration& migration) {
  connection.run(std::string(migration.sql));
  Statement done(connection,
                 "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, unixepoch())");
  const auto sum = checksum(migration.sql);
  done.bind_all(static_cast<std::int64_t>(migration.number), migration.name, sum);
  done.run();
}

// Whether every migration is there already: the usual start, which needs no write lock.
bool complete(Connection& connection, std::span<const Migration> migrations) {
  if (!has_migrations_table(connection)) return false;
  const auto applied = applied_checksums(connection);
  if (!applied.empty()) refuse_newer(connection, migrations, applied.rbegin()->first);
  std::size_t found = 0;
  for (const auto& migration : migrations) {
    const auto row = applied.find(migration.number);
    if (row == applied.end()) continue;
    check_unchanged(connection, migration, row->second);
    ++found;
  }
  return found == migrations.size();
}

}  // namespace

int schema_number(Connection& connection, std::span<const Migration> migrations) {
  if (complete(connection, migrations)) return migrations.empty() ? 0 : migrations.back().number;
  if (!has_migrations_table(connection)) return 0;
  const auto applied = applied_checksums(connection);
  return applied.empty() ? 0 : static_cast<int>(applied.rbegin()->first);
}

void migrate(Connection& connection, std::span<const Migration> migrations) {
  if (complete(connection, migrations)) return;
  for (const auto& migration : migrations) {
    Transaction transaction(connection, Unit::write);
    connection.run(
        "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
    if (!applied_checksums(connection).contains(migration.number)) apply(connection, migration);
    transaction.commit();
  }
}

}  // namespace davylamp::sqlite
