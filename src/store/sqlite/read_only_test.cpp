// Looking at a database that another process may be writing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <set>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/failures.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

using contract::testing::bare_session;

class SqliteReadOnly : public ::testing::Test {
 protected:
  base::TemporaryDirectory directory_;
  std::string path_ = directory_.file("davy lamp?#%.db");

  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path_).parent_path()))
      names.insert(entry.path().filename().string());
    return names;
  }
  static void commit(contract::StoreWriter& writer, std::uint64_t number) {
    writer.commit({.number = number, .sessions = {bare_session(number)}});
  }
  std::uint64_t sessions_seen() const { return open_read_only({.path = path_})->reader()->user("anna")->sessions; }
};

TEST_F(SqliteReadOnly, SeesWhatIsCommittedAndMakesNoFile) {
  {
    const auto store = open({.path = path_});
    const auto writer = store->writer();
    commit(*writer, 1);
    const auto before = files();
    const auto looking = open_read_only({.path = path_});
    const auto reader = looking->reader();
    EXPECT_EQ(reader->user("anna")->sessions, 1U);
    commit(*writer, 2);
    EXPECT_EQ(reader->user("anna")->sessions, 2U);
    writer->checkpoint();
    commit(*writer, 3);
    EXPECT_EQ(reader->user("anna")->sessions, 3U);
    EXPECT_TRUE(looking->limits()->limits().limits.empty());
    EXPECT_TRUE(looking->accounts()->audit(1).empty());
    EXPECT_EQ(files(), before);
  }
  const auto after = files();
  EXPECT_EQ(after.size(), 1U);
  EXPECT_EQ(sessions_seen(), 3U);
  EXPECT_EQ(files(), after);
}

// A child writes and, when `dies`, is killed with its log not yet in the database; else it is left alive for the test.
TEST_F(SqliteReadOnly, SeesWhatAnotherProcessCommitsAndWhatItLeftBehind) {
  {
    open({.path = path_});
  }
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      const auto store = open({.path = path_});
      const auto writer = store->writer();
      for (std::uint64_t number = 1; number <= 5; ++number) commit(*writer, number);
      if (::write(ready[1], "x", 1) == 1) ::pause();
    } catch (...) {
    }
    ::_exit(2);
  }
  ::close(ready[1]);
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  const auto while_alive = files();
  EXPECT_EQ(sessions_seen(), 5U);
  EXPECT_EQ(files(), while_alive);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(sessions_seen(), 5U);
  EXPECT_EQ(files(), while_alive);
  EXPECT_EQ(open({.path = path_})->reader()->user("anna")->sessions, 5U);
}

TEST_F(SqliteReadOnly, RefusesAnotherVersion) {
  EXPECT_EQ(error_of([&] { open_read_only({.path = path_}); }).code, "store_unreachable");
  {
    Connection connection(path_, Access::write);
    migrate(connection, embedded_migrations().first(1));
  }
  const auto older = error_of([&] { open_read_only({.path = path_}); });
  EXPECT_EQ(older.code, "older_database");
  EXPECT_THAT(older.message, ::testing::HasSubstr(path_));
  open({.path = path_});
  Connection(path_, Access::write).run("INSERT INTO schema_migrations VALUES (9999, 'future', '', 0)");
  EXPECT_EQ(error_of([&] { open_read_only({.path = path_}); }).code, "newer_database");
}

TEST_F(SqliteReadOnly, ChangesNothing) {
  const auto store = open({.path = path_});
  const auto looking = open_read_only({.path = path_});
  EXPECT_EQ(error_of([&] { looking->writer(); }).code, "store_read_only");
  EXPECT_EQ(error_of([&] { looking->limits()->put_group({.name = "g"}, {}); }).code, "store_read_only");
  EXPECT_EQ(error_of([&] { looking->accounts()->append_audit({}); }).code, "store_read_only");
  EXPECT_TRUE(store->limits()->limits().groups.empty());
}

}  // namespace
}  // namespace davylamp::sqlite
