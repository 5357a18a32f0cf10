// Brings a database to the schema that this version knows.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/postgres/config.hpp"
#include "store/sql/migrations.hpp"

namespace davylamp::postgres {

using sql::Migration;
// store/postgres/migrations/, embedded by the build.
std::span<const Migration> embedded_migrations();
// store/postgres/schema.sql.
std::string_view embedded_schema();

// Runs those that are missing, all in one transaction. Safe when several daemons do it at once. Throws base::Failure:
// "newer_database", "migration_changed", "foreign_database", "wrong_encoding", or what the server says.
void migrate(const Config& config, std::span<const Migration> migrations);

// Changes nothing; throws "older_database" when one is missing, and as migrate() does.
void check_schema(const Config& config, std::span<const Migration> migrations);

// The text of a migration for a database in which an extension divides tables by time: without the parts of our own.
std::string without_parts(std::string_view sql);

}  // namespace davylamp::postgres
