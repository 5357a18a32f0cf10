// Backups, and putting them in the place of a database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/daemon_lock.hpp"
#include "store/sqlite/failures.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/restore.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

using contract::testing::at;
using contract::testing::bare_session;
using contract::testing::moved;
using ::testing::HasSubstr;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class SqliteCopies : public ::testing::Test {
 protected:
  base::TemporaryDirectory directory_;
  std::string path_ = directory_.file("davylamp.db");
  std::string copy_ = directory_.file("copy.db");

  static void commit(const std::string& path, std::uint64_t number) {
    open({.path = path})
        ->writer()
        ->commit(
            {.number = number, .sessions = {bare_session(number)}, .traffic = {moved(number, "anna", 0, {10, 0})}});
  }
  static std::uint64_t last_batch(const std::string& path) {
    return open({.path = path})->writer()->load_checkpoint().last_batch;
  }
  // What restore() of such a file fails with; the database must stay as it was.
  base::Error refusal(const std::string& backup) {
    commit(path_, last_batch(path_) + 1);
    const auto before = contents(path_);
    const auto error = error_of([&] { restore(backup, path_, at(0)); });
    EXPECT_EQ(contents(path_), before);
    EXPECT_NE(::access((path_ + ".restoring").c_str(), F_OK), 0);
    return error;
  }
};

TEST_F(SqliteCopies, AreWholeAndOfOneMomentWhileOthersWrite) {
  const auto store = open({.path = path_});
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> committed = 0;
  std::thread writing([&] {
    const auto writer = store->writer();
    for (std::uint64_t number = 1; !done; ++number) {
      writer->commit(
          {.number = number, .sessions = {bare_session(number)}, .traffic = {moved(number, "anna", 0, {10, 0})}});
      committed = number;
    }
  });
  while (committed < 20) std::this_thread::yield();
  for (int i = 0; i < 5; ++i) {
    const auto path = copy_ + std::to_string(i);
    const std::uint64_t before = committed;
    EXPECT_THAT(store->writer()->backup(path), HasSubstr("Copied"));
    const std::uint64_t after = committed + 1;
    const auto copied = open({.path = path});
    const auto last = copied->writer()->load_checkpoint().last_batch;
    EXPECT_GE(last, before);
    EXPECT_LE(last, after);
    EXPECT_EQ(copied->reader()->user("anna")->sessions, last);
    EXPECT_EQ(copied->reader()->user("anna")->rx_bytes, last * 10);
  }
  done = true;
  writing.join();
}

TEST_F(SqliteCopies, AreOneFileThatOnlyTheOwnerReads) {
  commit(path_, 1);
  backup(path_, copy_);
  struct stat status{};
  ASSERT_EQ(::stat(copy_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(open_read_only({.path = copy_})->reader()->user("anna")->rx_bytes, 10U);
  for (const std::string suffix : {".partial", "-wal", "-shm", "-journal"}) {
    EXPECT_NE(::access((copy_ + suffix).c_str(), F_OK), 0) << suffix;
  }
}

TEST_F(SqliteCopies, NeverReplaceAFile) {
  commit(path_, 1);
  std::ofstream(copy_) << "mine";
  const auto error = error_of([&] { backup(path_, copy_); });
  EXPECT_EQ(error.code, "exists");
  EXPECT_THAT(error.message, HasSubstr(copy_));
  EXPECT_EQ(contents(copy_), "mine");
  const auto absent = directory_.file("absent/copy.db");
  const auto unwritable = error_of([&] { backup(path_, absent); });
  EXPECT_EQ(unwritable.code, "file_failed");
  EXPECT_THAT(unwritable.message, HasSubstr(absent));
}

TEST_F(SqliteCopies, TakeThePlaceOfTheDatabaseWhichIsKept) {
  commit(path_, 1);
  backup(path_, copy_);
  commit(path_, 2);
  const auto restored = restore(copy_, path_, at(0));
  EXPECT_EQ(restored.schema_number, embedded_migrations().back().number);
  EXPECT_EQ(restored.kept_at, path_ + ".before-restore-1794960000");
  EXPECT_EQ(last_batch(path_), 1U);
  EXPECT_EQ(last_batch(restored.kept_at), 2U);
  EXPECT_EQ(last_batch(copy_), 1U);
  EXPECT_EQ(error_of([&] { restore(copy_, path_, at(0)); }).code, "exists");
  EXPECT_EQ(last_batch(path_), 1U);
}

TEST_F(SqliteCopies, MakeADatabaseWhereThereIsNone) {
  commit(path_, 1);
  backup(path_, copy_);
  const auto other = directory_.file("other.db");
  EXPECT_EQ(restore(copy_, other, at(0)).kept_at, "");
  EXPECT_EQ(last_batch(other), 1U);
}

TEST_F(SqliteCopies, TakeThePlaceOfADamagedDatabase) {
  commit(path_, 1);
  backup(path_, copy_);
  std::ofstream(path_) << std::string(8'192, 'x');
  std::ofstream(path_ + "-wal") << "old";
  const auto kept = restore(copy_, path_, at(0)).kept_at;
  EXPECT_EQ(last_batch(path_), 1U);
  EXPECT_EQ(contents(kept), std::string(8'192, 'x'));
}

TEST_F(SqliteCopies, MayBeOfAnOlderVersion) {
  {
    Connection old(copy_, Access::write);
    migrate(old, embedded_migrations().first(1));
    old.run("INSERT INTO meta VALUES ('last_batch', 7); PRAGMA auto_vacuum = NONE; VACUUM;");
  }
  EXPECT_EQ(restore(copy_, path_, at(0)).schema_number, 1);
  EXPECT_EQ(last_batch(path_), 7U);
  Connection connection(path_, Access::read);
  Statement mode(connection, "PRAGMA auto_vacuum");
  mode.step();
  EXPECT_EQ(mode.integer(0), 2);
}

TEST_F(SqliteCopies, AreRefusedWhenTheyAreNoWholeDatabaseOfOurs) {
  commit(path_, 1);
  backup(path_, copy_);
  const auto whole = contents(copy_);
  const auto damaged = directory_.file("damaged.db");
  std::ofstream(damaged) << whole.substr(0, whole.size() / 2);
  EXPECT_EQ(refusal(damaged).code, "store_corrupt");
  auto scrambled = whole;
  scrambled.replace(whole.size() / 2, 8'192, std::string(8'192, '\x5a'));
  std::ofstream(damaged) << scrambled;
  EXPECT_EQ(refusal(damaged).code, "store_corrupt");
  std::ofstream(damaged) << "no database at all, but text that is long enough";
  EXPECT_EQ(refusal(damaged).code, "store_corrupt");
  const auto empty = directory_.file("empty.db");
  std::ofstream{empty};
  EXPECT_EQ(refusal(empty).code, "foreign_database");
  const auto foreign = directory_.file("foreign.db");
  Connection(foreign, Access::write).run("CREATE TABLE theirs (x)");
  EXPECT_EQ(refusal(foreign).code, "foreign_database");
  Connection(copy_, Access::write).run("INSERT INTO schema_migrations VALUES (9999, 'future', '', 0)");
  EXPECT_EQ(refusal(copy_).code, "newer_database");
  EXPECT_EQ(refusal(directory_.file("absent.db")).code, "store_unreachable");
}

TEST_F(SqliteCopies, WaitUntilNoDaemonRunsOnTheDatabase) {
  commit(path_, 1);
  backup(path_, copy_);
  {
    const DaemonLock lock(path_);
    const auto error = refusal(copy_);
    EXPECT_EQ(error.code, "in_use");
    EXPECT_THAT(error.message, HasSubstr("process " + std::to_string(::getpid())));
  }
  EXPECT_NO_THROW(restore(copy_, path_, at(0)));
}

TEST_F(SqliteCopies, LockIsGivenToOneDaemonAtATime) {
  {
    const DaemonLock first(path_);
    EXPECT_EQ(error_of([&] { DaemonLock second(path_); }).code, "in_use");
  }
  EXPECT_NO_THROW(DaemonLock third(path_));
  EXPECT_EQ(error_of([&] { DaemonLock nowhere(directory_.file("absent/davylamp.db")); }).code, "file_failed");
}

}  // namespace
}  // namespace davylamp::sqlite
