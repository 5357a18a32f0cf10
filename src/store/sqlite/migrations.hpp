// Brings a database to the schema that this version knows.
#pragma once

#include <span>
#include <string_view>

#include "store/sql/migrations.hpp"

namespace davylamp::sqlite {

class Connection;

using sql::Migration;
// store/migrations/, embedded by the build.
std::span<const Migration> embedded_migrations();
// store/schema.sql.
std::string_view embedded_schema();

// Runs those that are missing, each in one transaction. Safe when several processes do it at once. Throws
// base::Failure: "newer_database", "migration_changed", "foreign_database", or what the engine says.
void migrate(Connection& connection, std::span<const Migration> migrations);

// The newest migration that the database has; 0 when it is empty. Throws as migrate() does.
int schema_number(Connection& connection, std::span<const Migration> migrations);

}  // namespace davylamp::sqlite
