// What happens when the server goes away, says no, or has something else in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "contract/testing/store_samples.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/heartbeat_journal.hpp"
#include "store/postgres/migrations.hpp"
#include "store/postgres/partitions.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/testing/server.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

using contract::testing::at;
using contract::testing::bare_session;
using contract::testing::moved;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

base::Error error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const base::Failure& failure) {
    return failure.error();
  }
  return {"none", ""};
}

contract::Batch batch_of(std::uint64_t number) {
  contract::Batch batch{.number = number};
  for (std::uint64_t i = 1; i <= 200; ++i) {
    const auto id = number * 200 + i;
    batch.sessions.push_back(bare_session(id));
    batch.traffic.push_back(moved(id, "anna", 0, {1, 1}));
  }
  return batch;
}

std::int64_t number_of(const Config& config, const std::string& sql) {
  Connection connection(config);
  sql::Statement row(connection, sql);
  return row.step() ? row.integer(0) : -1;
}

TEST(PostgresStoreBadWorld, ASessionEndedInTheMiddleOfACommitLeavesNothingAndTheNextCommitWorks) {
  const testing::Database database(testing::Content::schema);
  const auto store = open(database.config());
  const auto writer = store->writer();
  writer->commit(batch_of(1));
  // The commit waits for this row, and is ended there.
  Connection other(database.config());
  other.begin(sql::Unit::batch);
  other.run("SELECT * FROM users FOR UPDATE");
  base::Error error;
  std::atomic<bool> over = false;
  std::thread committing([&] {
    error = error_of([&] { writer->commit(batch_of(2)); });
    over = true;
  });
  const std::string waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  while (number_of(database.config(), "SELECT count(*) " + waiting) == 0 && !over) std::this_thread::yield();
  number_of(database.config(), "SELECT pg_terminate_backend(pid) " + waiting);
  committing.join();
  other.commit();
  EXPECT_EQ(error.code, "store_unreachable") << error.message;
  EXPECT_EQ(store->reader()->session(401), std::nullopt);
  EXPECT_EQ(writer->load_checkpoint().last_batch, 1U);
  writer->commit(batch_of(2));
  writer->commit(batch_of(2));
  EXPECT_EQ(store->reader()->user("anna")->rx_bytes, 400U);
  EXPECT_EQ(writer->load_checkpoint().open_sessions.size(), 400U);
}

TEST(PostgresStoreBadWorld, WorksAgainAfterTheServerWasKilledAndStarted) {
  testing::Server server;
  const testing::Database database(testing::Content::schema, server);
  const auto store = open(database.config());
  const auto writer = store->writer();
  const auto reader = store->reader();
  const auto journal = open_journal(database.config());
  writer->commit(batch_of(1));
  server.stop(SIGQUIT);
  EXPECT_EQ(error_of([&] { writer->commit(batch_of(2)); }).code, "store_unreachable");
  EXPECT_EQ(error_of([&] { reader->user("anna"); }).code, "store_unreachable");
  EXPECT_EQ(error_of([&] { journal->read(0, 1); }).code, "store_unreachable");
  server.start();
  writer->commit(batch_of(2));
  EXPECT_EQ(reader->user("anna")->rx_bytes, 400U);
  EXPECT_TRUE(journal->read(0, 1).empty());
  server.stop(SIGINT);
  server.start();
  writer->commit(batch_of(3));
  EXPECT_EQ(reader->user("anna")->rx_bytes, 600U);
}

TEST(PostgresStoreBadWorld, NeverShowsThePassword) {
  const testing::Server& server = testing::Server::shared();
  auto config = server.config("absent");
  config.password = "hunter2";
  const auto absent = error_of([&] { open(config); });
  EXPECT_EQ(absent.code, "store_unreachable");
  EXPECT_THAT(absent.message, AllOf(HasSubstr("/absent"), HasSubstr("createdb"), Not(HasSubstr("hunter2"))));
  const auto nobody =
      error_of([&] { open({.url = "postgresql://davy:hunter2@127.0.0.1:1/davy?connect_timeout=2", .password = {}}); });
  EXPECT_EQ(nobody.code, "store_unreachable");
  EXPECT_THAT(nobody.message, AllOf(HasSubstr("127.0.0.1:1/davy"), HasSubstr("refused"), Not(HasSubstr("hunter2"))));
  const auto nonsense = error_of([&] { open({.url = "postgresql://davy:hunter2@[x/", .password = {}}); });
  EXPECT_EQ(nonsense.code, "bad_url");
  EXPECT_THAT(nonsense.message, Not(HasSubstr("hunter2")));
}

TEST(PostgresMigrations, ManyDaemonsMayStartAtOnce) {
  const testing::Database database;
  std::vector<std::thread> daemons;
  std::vector<std::string> codes(4);
  for (auto& code : codes) {
    daemons.emplace_back([&] { code = error_of([&] { open(database.config()); }).code; });
  }
  for (auto& daemon : daemons) daemon.join();
  EXPECT_THAT(codes, ::testing::Each("none"));
}

TEST(PostgresMigrations, RefusesWhatIsNotItsOwn) {
  const testing::Database foreign;
  Connection(foreign.config()).run("CREATE TABLE orders (id INT)");
  EXPECT_EQ(error_of([&] { open(foreign.config()); }).code, "foreign_database");
  const testing::Database newer;
  EXPECT_EQ(error_of([&] { open_read_only(newer.config()); }).code, "older_database");
  open(newer.config());
  open_read_only(newer.config());
  Connection(newer.config()).run("INSERT INTO schema_migrations VALUES (9000, 'later', 'x', 0)");
  EXPECT_EQ(error_of([&] { open(newer.config()); }).code, "newer_database");
  Connection(newer.config())
      .run("DELETE FROM schema_migrations WHERE number = 9000; UPDATE schema_migrations SET checksum = 'x'");
  EXPECT_EQ(error_of([&] { open(newer.config()); }).code, "migration_changed");
}

TEST(PostgresPartitions, RowsOfAPartThatIsMadeLateMoveInAndOldPartsGoWhole) {
  const testing::Database database;
  auto natively = database.config();
  natively.timescale = false;
  const auto store = open(natively);
  const auto writer = store->writer();
  const auto part = [&](const std::string& table) {
    return number_of(database.config(), "SELECT count(*) FROM " + table);
  };
  Connection connection(database.config());
  const auto now = number_of(database.config(), "SELECT CAST(extract(epoch FROM now()) AS BIGINT)");
  connection.run(
      "DO $$ DECLARE t TEXT; BEGIN FOR t IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE "
      "inhparent = 'traffic_minute'::regclass AND inhrelid != 'traffic_minute_rest'::regclass LOOP EXECUTE "
      "'DROP TABLE ' || t; END LOOP; END $$");
  contract::Batch batch{.number = 1};
  batch.sessions = {bare_session(1)};
  batch.traffic = {{base::from_unix_seconds(now), 1, "udp", "anna", {5, 6}},
                   {base::from_unix_seconds(now - 30 * 86'400), 1, "udp", "anna", {7, 8}}};
  writer->commit(batch);
  EXPECT_EQ(part("traffic_minute_rest"), 2);
  EXPECT_THAT(writer->optimize(), HasSubstr("4 parts"));
  EXPECT_EQ(part("traffic_minute_rest"), 1);
  EXPECT_EQ(part("traffic_minute"), 2);
  const auto later = base::from_unix_seconds(now + 3 * 86'400);
  const contract::Retention retention{.minutes = base::Seconds(86'400)};
  EXPECT_GE(writer->forget(later, retention, 100), 2U);
  EXPECT_EQ(part("traffic_minute"), 0);
  writer->optimize();
  EXPECT_EQ(make_parts(connection), 0);
}

}  // namespace
}  // namespace davylamp::postgres
