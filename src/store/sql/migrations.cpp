#include "store/sql/migrations.hpp"

#include <array>

#include "base/hash.hpp"
#include "base/hexadecimal.hpp"
#include "base/result.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {
namespace {

void refuse_newer(const Connection& connection, std::span<const Migration> migrations, std::int64_t newest) {
  const int known = migrations.empty() ? 0 : migrations.back().number;
  if (newest <= known) return;
  throw base::Failure("newer_database", "the database " + connection.name() +
                                            " was written by a newer Davylamp (schema " + std::to_string(newest) +
                                            ", this one knows " + std::to_string(known) +
                                            "): install the newer version again, or restore a copy of before");
}

}  // namespace

std::string checksum(const Migration& migration) {
  const auto hash = base::fnv1a(migration.sql);
  std::array<unsigned char, sizeof hash> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<unsigned char>(hash >> (8U * (bytes.size() - 1 - i)));
  return base::hexadecimal(bytes);
}

std::map<std::int64_t, std::string> applied_checksums(Connection& connection) {
  Statement rows(connection, "SELECT number, checksum FROM schema_migrations");
  std::map<std::int64_t, std::string> applied;
  while (rows.step()) applied.emplace(rows.integer(0), rows.text(1));
  return applied;
}

bool all_applied(Connection& connection, std::span<const Migration> migrations, std::string_view instead) {
  const auto applied = applied_checksums(connection);
  if (!applied.empty()) refuse_newer(connection, migrations, applied.rbegin()->first);
  std::size_t found = 0;
  for (const auto& migration : migrations) {
    const auto row = applied.find(migration.number);
    if (row == applied.end()) continue;
    ++found;
    if (row->second == checksum(migration)) continue;
    throw base::Failure("migration_changed",
                        "migration " + std::to_string(migration.number) + " (" + std::string(migration.name) +
                            ") is not the one that the database " + connection.name() +
                            " was made with: run the Davylamp that made it, or " + std::string(instead));
  }
  return found == migrations.size();
}

void note_applied(Connection& connection, const Migration& migration, std::string_view now) {
  Statement done(connection, "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (?1, ?2, ?3, " +
                                 std::string(now) + ")");
  const auto sum = checksum(migration);
  done.bind_all(static_cast<std::int64_t>(migration.number), migration.name, sum);
  done.run();
}

}  // namespace davylamp::sql
