// A process that commits batches is killed at random moments: what is found afterwards is whole batches.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

using contract::testing::bare_session;
using contract::testing::load;
using contract::testing::moved;

constexpr std::uint64_t sessions_per_batch = 20;

// Batch n opens sessions of one user, and moves n bytes for each.
contract::Batch batch_of(std::uint64_t number) {
  contract::Batch batch{.number = number};
  for (std::uint64_t i = 0; i < sessions_per_batch; ++i) {
    const auto id = (number - 1) * sessions_per_batch + i + 1;
    batch.sessions.push_back(bare_session(id));
    batch.traffic.push_back(moved(id, "anna", static_cast<int>(number), {number, 1}));
    batch.endpoints.push_back({id, {}, std::nullopt, contract::testing::at(0), contract::testing::at(0)});
  }
  batch.loads = {load(static_cast<int>(number), number * sessions_per_batch, {number * sessions_per_batch, 1})};
  return batch;
}

// Goes on from what is stored, writing a byte to `progress` after each commit, until it is killed.
[[noreturn]] void commit_for_ever(const std::string& path, int progress) {
  try {
    const auto writer = open({.path = path})->writer();
    for (auto number = writer->load_checkpoint().last_batch + 1;; ++number) {
      writer->commit(batch_of(number));
      if (number % 7 == 0) writer->checkpoint();
      if (number % 11 == 0) writer->optimize();
      if (::write(progress, "x", 1) != 1) ::_exit(3);
    }
  } catch (...) {
    ::_exit(2);
  }
}

// Runs the child until it has committed `commits` batches and some moments more; returns how it ended.
int run_and_kill(const std::string& path, int commits, useconds_t moments) {
  std::array<int, 2> progress{};
  if (::pipe(progress.data()) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(progress[0]);
    commit_for_ever(path, progress[1]);
  }
  ::close(progress[1]);
  char byte = 0;
  for (int i = 0; i < commits && ::read(progress[0], &byte, 1) == 1; ++i) {
  }
  ::usleep(moments);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(progress[0]);
  return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

std::uint64_t count(const std::string& path, const std::string& table) {
  Connection connection(path, Access::read);
  Statement rows(connection, "SELECT count(*) FROM " + table);
  rows.step();
  return rows.get<std::uint64_t>(0);
}

TEST(SqliteStoreCrash, LeavesWholeBatchesBehind) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  std::mt19937 random(4'711);
  std::uint64_t last = 0;
  for (int round = 0; round < 12; ++round) {
    const auto commits = static_cast<int>(random() % 6) + 1;
    ASSERT_EQ(run_and_kill(path, commits, static_cast<useconds_t>(random() % 3'000)), SIGKILL);
    const auto store = open({.path = path});
    const auto checkpoint = store->writer()->load_checkpoint();
    const auto n = checkpoint.last_batch;
    ASSERT_GE(n, last + static_cast<std::uint64_t>(commits));
    const auto bytes = sessions_per_batch * n * (n + 1) / 2;
    EXPECT_EQ(checkpoint.next_session_id, n * sessions_per_batch + 1);
    EXPECT_EQ(checkpoint.open_sessions.size(), n * sessions_per_batch);
    EXPECT_EQ(store->reader()->user("anna")->sessions, n * sessions_per_batch);
    EXPECT_EQ(store->reader()->user("anna")->rx_bytes, bytes);
    EXPECT_EQ(store->reader()->history({{}, contract::testing::at(86'400), 86'400, {}}).points.at(0).rx_bytes, bytes);
    EXPECT_EQ(count(path, "traffic_minute"), n * sessions_per_batch);
    EXPECT_EQ(count(path, "endpoints"), n * sessions_per_batch);
    last = n;
  }
}

}  // namespace
}  // namespace davylamp::sqlite
