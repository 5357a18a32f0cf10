// What all engines keep of the migrations that were run: the table schema_migrations (number, name, checksum, ...).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "store/sql/engine.hpp"

namespace davylamp::sql {

// One numbered file, embedded by the build.
struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

// Finds an edited file, which is all it is for.
std::string checksum(const Migration& migration);
// The checksums of those that were run, by number. The table is there.
std::map<std::int64_t, std::string> applied_checksums(Connection& connection);
// Whether every migration was run; the table is there. Throws base::Failure "newer_database" when more were, and
// "migration_changed" when one was another, whose message ends with `instead`: what else to do.
bool all_applied(Connection& connection, std::span<const Migration> migrations, std::string_view instead);
// That one was run. `now`: the time in UNIX seconds, as the engine's SQL says it.
void note_applied(Connection& connection, const Migration& migration, std::string_view now);

}  // namespace davylamp::sql
