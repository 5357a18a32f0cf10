// The schema against what its migrations make, and against SQLite's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "store/postgres/connection.hpp"
#include "store/postgres/migrations.hpp"
#include "store/postgres/sql_text.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/postgres/text_form.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

using Lines = std::set<std::string>;

Lines lines_of(const Config& config, const std::string& sql) {
  Connection connection(config);
  sql::Statement rows(connection, sql);
  Lines lines;
  while (rows.step()) lines.insert(rows.text(0));
  return lines;
}

// Parts of divided tables are named for days.
const std::string columns_sql =
    "SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable, column_default, "
    "is_identity) FROM information_schema.columns WHERE table_schema = 'public' AND table_name !~ '_[0-9]{8}$'";
const std::string indexes_sql =
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename !~ '_[0-9]{8}$'";
const std::string functions_sql =
    "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace";

TEST(PostgresSchema, IsWhatTheMigrationsMake) {
  const testing::Database migrated;
  auto natively = migrated.config();
  natively.timescale = false;
  open(natively);
  const testing::Database written;
  Connection(written.config()).run(std::string(embedded_schema()));
  for (const auto& sql : {columns_sql, indexes_sql, functions_sql})
    EXPECT_EQ(lines_of(migrated.config(), sql), lines_of(written.config(), sql));
}

// "table column" of the CREATE TABLEs in store/schema.sql.
Lines sqlite_columns() {
  std::ifstream file(DAVYLAMP_SOURCE_DIR "/src/store/schema.sql");
  Lines columns;
  std::string table;
  std::smatch found;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, found, std::regex("CREATE TABLE (\\w+) \\("))) {
      table = found[1];
    } else if (line.starts_with(")")) {
      table.clear();
    } else if (!table.empty() && std::regex_search(line, found, std::regex("^  \"?([a-z_0-9]+)\"? [A-Z]"))) {
      columns.insert(table + " " + found[1].str());
    }
  }
  return columns;
}

TEST(PostgresSchema, HasTheTablesAndColumnsOfSqlite) {
  const testing::Database database;
  open(database.config());
  auto columns = lines_of(database.config(),
                          "SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE table_schema "
                          "= 'public' AND table_name !~ '(_[0-9]{8}|_rest|_now|_past)$'");
  // Many daemons share it: who works on what; the journal of heartbeats, a file of its own beside SQLite; and secrets,
  // which meta cannot hold among its numbers.
  for (const std::string table : {"shards", "shard_leases", "workers", "journal", "heartbeats", "secrets"})
    std::erase_if(columns, [&](const std::string& column) { return column.starts_with(table + " "); });
  EXPECT_EQ(columns, sqlite_columns());
}

TEST(PostgresSchema, ComparesTextByItsBytes) {
  const testing::Database database;
  open(database.config());
  EXPECT_EQ(lines_of(database.config(),
                     "SELECT table_name || ' ' || column_name FROM information_schema.columns WHERE table_schema = "
                     "'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"),
            Lines{});
}

TEST(PostgresText, WritesParametersAsTheServerWantsThem) {
  EXPECT_EQ(to_postgres("SELECT ?1, ?, '?' FROM t INDEXED BY t_x WHERE \"a?\" = ?1").sql,
            "SELECT $1, $2, '?' FROM t  WHERE \"a?\" = $1");
  EXPECT_EQ(to_postgres("UPDATE t SET a = ?3 WHERE b = ?1").types, (std::vector<std::uint32_t>{0, 25, 0}));
}

TEST(PostgresText, KeepsEveryByteAndNoTwoNamesAlike) {
  std::set<std::string> seen;
  for (const std::string& text :
       {std::string("anna"), std::string("nul\0x", 5), std::string("\xff"), std::string("\xF4\x8F\x9F\xBF"),
        std::string("\xC0\x80"), std::string("\xED\xA0\x80"), std::string("\xF0\x9F\x90\xA6"), std::string("\xE2\x82"),
        std::string("\xF4\x90\x80\x80"), std::string()}) {
    const auto stored = stored_text(text).value_or(text);
    EXPECT_EQ(original_text(stored).value_or(stored), text);
    EXPECT_EQ(stored.find('\0'), std::string::npos);
    EXPECT_TRUE(seen.insert(stored).second);
  }
  EXPECT_EQ(stored_text("\xF0\x9F\x90\xA6"), std::nullopt);
  EXPECT_EQ(from_bytea(to_bytea(std::string("\0\xffz", 3))), std::string("\0\xffz", 3));
}

}  // namespace
}  // namespace davylamp::postgres
