#include "store/sqlite/heartbeat_journal.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/heartbeat_journal_contract.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/failures.hpp"

namespace davylamp::contract::testing {

const JournalFactory sqlite_journal{"sqlite", [] {
                                      return [directory = std::make_shared<base::TemporaryDirectory>()] {
                                        return sqlite::open_journal(directory->file("heartbeats.db"));
                                      };
                                    }};
INSTANTIATE_TEST_SUITE_P(Sqlite, HeartbeatJournalContract, ::testing::Values(sqlite_journal));

}  // namespace davylamp::contract::testing

namespace davylamp::sqlite {
namespace {

using contract::testing::ping_of;

TEST(SqliteHeartbeatJournal, IsBesideTheDatabase) {
  EXPECT_EQ(journal_path("/var/lib/davylamp/davylamp.db"), "/var/lib/davylamp/heartbeats.db");
  EXPECT_EQ(journal_path("davylamp.db"), "heartbeats.db");
}

TEST(SqliteHeartbeatJournal, HasABootOfItsOwn) {
  const base::TemporaryDirectory directory;
  EXPECT_NE(open_journal(directory.file("a.db"))->boot(), open_journal(directory.file("b.db"))->boot());
}

TEST(SqliteHeartbeatJournal, SaysWhatToDoWhenTheFileCannotBeUsed) {
  const base::TemporaryDirectory directory;
  const auto garbage = directory.file("heartbeats.db");
  std::ofstream(garbage) << std::string(8'192, 'x');
  const auto damaged = error_of([&] { open_journal(garbage); });
  EXPECT_EQ(damaged.code, "store_corrupt");
  EXPECT_THAT(damaged.message, ::testing::AllOf(::testing::HasSubstr(garbage), ::testing::HasSubstr("move it away")));
  const auto absent = error_of([&] { open_journal(directory.file("absent/heartbeats.db")); });
  EXPECT_EQ(absent.code, "store_unreachable");
  EXPECT_THAT(absent.message, ::testing::HasSubstr("make the directory"));
}

TEST(SqliteHeartbeatJournal, PassesOverWhatItDoesNotUnderstand) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("heartbeats.db");
  const auto journal = open_journal(path);
  std::vector heartbeats{ping_of("a"), ping_of("b"), ping_of("c")};
  journal->append(heartbeats);
  Connection(path, Access::write).run("UPDATE heartbeats SET heartbeat = '{\"new\":1}' WHERE number < 3");
  const auto read = journal->read(0, 2);
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].number, 3U);
}

// The child may not make its files greater, as on a full disk: what was appended before stays, and appending goes on.
TEST(SqliteHeartbeatJournal, KeepsNoneOfABatchThatDoesNotFit) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("heartbeats.db");
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto journal = open_journal(path);
    std::vector first{ping_of("first")};
    journal->append(first);
    const rlimit little{400'000, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &little);
    std::vector many(10'000, ping_of("many"));
    bool threw = false;
    try {
      journal->append(many);
    } catch (const base::Failure&) {
      threw = true;
    }
    const rlimit enough{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &enough);
    std::vector second{ping_of("second")};
    journal->append(second);
    ::_exit(threw && second[0].number == 2 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(open_journal(path)->read(0, 10).size(), 2U);
}

// Appends batches of 7 and writes a byte after each, until it is killed.
[[noreturn]] void append_for_ever(const std::string& path, int progress) {
  try {
    const auto journal = open_journal(path);
    for (;;) {
      std::vector batch(7, ping_of("office"));
      journal->append(batch);
      if (::write(progress, "x", 1) != 1) ::_exit(3);
    }
  } catch (...) {
    ::_exit(2);
  }
}

TEST(SqliteHeartbeatJournal, HasWhatWasAppendedAfterAKill) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("heartbeats.db");
  std::uint64_t before = 0;
  for (int round = 0; round < 5; ++round) {
    std::array<int, 2> progress{};
    ASSERT_EQ(::pipe(progress.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) append_for_ever(path, progress[1]);
    ::close(progress[1]);
    char byte = 0;
    for (int i = 0; i < 3 + round; ++i) ASSERT_EQ(::read(progress[0], &byte, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::uint64_t said = static_cast<std::uint64_t>(3 + round);
    while (::read(progress[0], &byte, 1) == 1) ++said;
    ::close(progress[0]);
    const auto all = open_journal(path)->read(0, 1'000'000);
    EXPECT_GE(all.size(), before + 7 * said);
    EXPECT_EQ(all.size() % 7, 0U);
    EXPECT_EQ(all.back().number, all.size());
    before = all.size();
  }
}

}  // namespace
}  // namespace davylamp::sqlite
