#include "store/sqlite/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {
namespace {

using contract::testing::at;
using contract::testing::bare_session;
using contract::testing::load;
using contract::testing::moved;

base::Error open_error(const std::string& path) {
  try {
    open({.path = path});
  } catch (const base::Failure& failure) {
    return failure.error();
  }
  return {"none", ""};
}

TEST(SqliteStore, MakesFilesThatOnlyTheOwnerReads) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  const auto store = open({.path = path});
  const auto writer = store->writer();
  writer->commit({.number = 1, .sessions = {bare_session(1)}});
  for (const std::string suffix : {"", "-wal", "-shm"}) {
    struct stat status{};
    ASSERT_EQ(::stat((path + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << suffix;
  }
}

TEST(SqliteStore, SaysWhatToDoWhenItCannotOpen) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("absent/davylamp.db");
  const auto absent = open_error(path);
  EXPECT_EQ(absent.code, "store_unreachable");
  EXPECT_THAT(absent.message, ::testing::AllOf(::testing::HasSubstr(path), ::testing::HasSubstr("make the directory")));

  const auto garbage = directory.file("garbage.db");
  std::ofstream(garbage) << std::string(8'192, 'x');
  const auto foreign = open_error(garbage);
  EXPECT_EQ(foreign.code, "store_corrupt");
  EXPECT_THAT(foreign.message, ::testing::HasSubstr(garbage));
}

TEST(SqliteStore, SaysWhichValueItDoesNotKnow) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  const auto store = open({.path = path});
  store->writer()->commit({.number = 1, .sessions = {bare_session(1)}});
  Connection(path, Access::write).run("UPDATE sessions SET state = 'new\x1b'");
  try {
    store->reader()->session(1);
    ADD_FAILURE() << "read a state that does not exist";
  } catch (const base::Failure& failure) {
    EXPECT_THAT(failure.what(), ::testing::AllOf(::testing::HasSubstr(path), ::testing::HasSubstr("state"),
                                                 ::testing::Not(::testing::HasSubstr("\x1b"))));
  }
}

TEST(SqliteStore, CountsValuesThatWereTooGreat) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  open({.path = path})->writer()->commit({.number = 1, .loads = {load(0, 1, {~std::uint64_t{0}, 1})}});
  Connection connection(path, Access::read);
  Statement counted(connection, "SELECT value FROM meta WHERE name = 'clamped_values'");
  ASSERT_TRUE(counted.step());
  EXPECT_EQ(counted.integer(0), 3);
}

TEST(SqliteStore, OrdersByAnIndexWhatPeopleSortBy) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  const auto store = open({.path = path});
  Connection connection(path, Access::read);
  for (const std::string key : {"closed_at", "opened_at", "user", "rx_bytes", "tx_bytes"}) {
    Statement plan(connection, "EXPLAIN QUERY PLAN SELECT * FROM sessions WHERE state = 'closed' AND (" + key +
                                   ", id) < (5, 6) ORDER BY " + key + " DESC, id DESC LIMIT 10");
    std::string steps;
    while (plan.step()) steps += plan.text(3) + "\n";
    EXPECT_THAT(steps, ::testing::HasSubstr("USING INDEX sessions_" + key)) << steps;
    EXPECT_THAT(steps, ::testing::Not(::testing::HasSubstr("TEMP B-TREE"))) << steps;
  }
}

TEST(SqliteStore, CannotBeWrittenThroughAReader) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  const auto store = open({.path = path});
  Connection connection(path, Access::read);
  EXPECT_THROW(connection.run("DELETE FROM meta"), base::Failure);
}

// Two readers and two writers at once; every reader must see whole batches only.
TEST(SqliteStore, ServesReadersWhileOthersWrite) {
  constexpr std::uint64_t batches = 60;
  const base::TemporaryDirectory directory;
  const auto store = open({.path = directory.file("davylamp.db")});
  ASSERT_TRUE(store->accounts()->add_account({.name = "root", .password_hash = "hash"}));
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> torn = 0;
  std::atomic<std::uint64_t> committed = 0;
  const auto read = [&] {
    const auto reader = store->reader();
    while (!done) {
      for (const auto& row : reader->users({}).items) torn += row.rx_bytes == row.sessions * 10 ? 0U : 1U;
    }
  };
  const auto log = [&] {
    const auto accounts = store->accounts();
    while (!done) {
      accounts->append_audit({.at = at(0), .account = "root", .action = "login", .subject = "", .remote_address = ""});
      accounts->record_login("root", at(1));
      // Locks are not given in turn: who never pauses may keep all others out for longer than they wait.
      for (const auto before = committed.load(); committed == before && !done;) std::this_thread::yield();
    }
  };
  std::thread first(read);
  std::thread second(read);
  std::thread third(log);
  const auto writer = store->writer();
  for (std::uint64_t number = 1; number <= batches; ++number) {
    writer->commit(
        {.number = number, .sessions = {bare_session(number)}, .traffic = {moved(number, "anna", 0, {10, 0})}});
    committed = number;
  }
  done = true;
  for (auto* thread : {&first, &second, &third}) thread->join();
  EXPECT_EQ(torn, 0U);
  EXPECT_EQ(store->reader()->user("anna")->rx_bytes, batches * 10);
  EXPECT_FALSE(store->accounts()->audit(1).empty());
}

}  // namespace
}  // namespace davylamp::sqlite
