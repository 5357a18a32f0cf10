#include "store/sqlite/migrations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/failures.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

// Everything that was created, without comments and white space, in order of name.
std::vector<std::string> schema_of(Connection& connection) {
  Statement rows(connection, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name");
  std::vector<std::string> schema;
  while (rows.step()) {
    auto sql = rows.text(0);
    for (auto comment = sql.find("--"); comment != std::string::npos; comment = sql.find("--")) {
      sql.erase(comment, sql.find('\n', comment) - comment);
    }
    std::erase_if(sql, [](unsigned char c) { return std::isspace(c) != 0; });
    schema.push_back(sql);
  }
  return schema;
}

constexpr Migration first[] = {{1, "first", "CREATE TABLE a (x INTEGER) STRICT;"}};
constexpr Migration both[] = {{1, "first", "CREATE TABLE a (x INTEGER) STRICT;"},
                              {2, "second", "ALTER TABLE a ADD COLUMN y TEXT; INSERT INTO a VALUES (1, 'new');"}};

class Migrations : public ::testing::Test {
 protected:
  base::TemporaryDirectory directory_;
  std::string path_ = directory_.file("davylamp.db");
};

TEST_F(Migrations, EndAtTheSchema) {
  Connection migrated(path_, Access::write);
  migrate(migrated, embedded_migrations());
  Connection direct(directory_.file("direct.db"), Access::write);
  direct.run(std::string(embedded_schema()));
  EXPECT_THAT(schema_of(migrated), ::testing::SizeIs(::testing::Gt(20U)));
  EXPECT_EQ(schema_of(migrated), schema_of(direct));
}

TEST_F(Migrations, RunOnceEach) {
  Connection connection(path_, Access::write);
  migrate(connection, first);
  connection.run("INSERT INTO a VALUES (7)");
  migrate(connection, both);
  migrate(connection, both);
  Statement count(connection, "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM schema_migrations)");
  count.step();
  EXPECT_EQ(count.integer(0), 2);
  EXPECT_EQ(count.integer(1), 2);
}

TEST_F(Migrations, HappenWhollyOrNotAtAll) {
  constexpr Migration broken[] = {
      first[0], {2, "second", "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE b (x INTEGER) STRICT;"}};
  Connection connection(path_, Access::write);
  EXPECT_EQ(error_of([&] { migrate(connection, broken); }).code, "store_failed");
  EXPECT_EQ(schema_of(connection).size(), 2U);
  migrate(connection, both);
}

TEST_F(Migrations, RefuseADatabaseOfANewerVersion) {
  Connection connection(path_, Access::write);
  migrate(connection, both);
  const auto error = error_of([&] { migrate(connection, first); });
  EXPECT_EQ(error.code, "newer_database");
  EXPECT_THAT(error.message, ::testing::AllOf(::testing::HasSubstr(path_), ::testing::HasSubstr("newer")));
}

TEST_F(Migrations, RefuseAChangedMigration) {
  constexpr Migration changed[] = {{1, "first", "CREATE TABLE a (x TEXT) STRICT;"}};
  Connection connection(path_, Access::write);
  migrate(connection, first);
  const auto error = error_of([&] { migrate(connection, changed); });
  EXPECT_EQ(error.code, "migration_changed");
  EXPECT_THAT(error.message, ::testing::HasSubstr(path_));
}

TEST_F(Migrations, RefuseTheDatabaseOfAnotherProgram) {
  Connection connection(path_, Access::write);
  connection.run("CREATE TABLE theirs (x)");
  EXPECT_EQ(error_of([&] { migrate(connection, embedded_migrations()); }).code, "foreign_database");
}

TEST_F(Migrations, RunOnceWhenSeveralOpenTheStoreTogether) {
  std::vector<std::thread> threads;
  std::vector<std::string> codes(4);
  for (auto& code : codes) {
    threads.emplace_back([&] { code = error_of([&] { open({.path = path_})->accounts()->signing_key("key"); }).code; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(codes, ::testing::Each("none"));
}

}  // namespace
}  // namespace davylamp::sqlite
