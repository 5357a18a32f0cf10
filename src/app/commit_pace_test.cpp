#include "app/commit_pace.hpp"

#include <gtest/gtest.h>

namespace davylamp::app {
namespace {

using base::Milliseconds;

Milliseconds pause_after(const CommitPace::Store& store, Milliseconds time, std::size_t sessions) {
  CommitPace pace(store);
  pace.took(time, sessions);
  return pace.pause();
}

TEST(CommitPace, SparesAFileBesideTheDaemon) {
  const CommitPace::Store file;
  EXPECT_EQ(CommitPace(file).slice(), 2'000U);
  EXPECT_EQ(CommitPace(file).pause(), Milliseconds{1'000});
  EXPECT_EQ(pause_after(file, Milliseconds{40}, 2'000), Milliseconds{1'000});
  EXPECT_EQ(pause_after(file, Milliseconds{200}, 2'000), Milliseconds{4'000});
  EXPECT_EQ(pause_after(file, Milliseconds{200}, 20'000), Milliseconds{4'000});
  EXPECT_EQ(pause_after(file, Milliseconds{9'000}, 2'000), Milliseconds{30'000});
}

TEST(CommitPace, SparesAServerOfFewSessionsAsAFile) {
  for (const std::size_t shards : {1U, 8U}) {
    const CommitPace::Store server{.is_server = true, .shards = shards};
    EXPECT_EQ(pause_after(server, Milliseconds{200}, 2'000 / shards), Milliseconds{4'000}) << shards;
    EXPECT_EQ(pause_after(server, Milliseconds{200}, 0), Milliseconds{4'000}) << shards;
  }
}

TEST(CommitPace, KeepsAServerOfManySessionsBusierButNeverMoreThanAFifthOfTheTime) {
  const CommitPace::Store server{.is_server = true};
  EXPECT_EQ(CommitPace(server).slice(), 10'000U);
  EXPECT_EQ(pause_after(server, Milliseconds{200}, 4'000), Milliseconds{2'000});
  EXPECT_EQ(pause_after(server, Milliseconds{400}, 10'000), Milliseconds{2'000});
  EXPECT_EQ(pause_after(server, Milliseconds{400}, 1'000'000), Milliseconds{2'000});
  EXPECT_EQ(pause_after(server, Milliseconds{10'000}, 10'000), Milliseconds{30'000});
  EXPECT_EQ(pause_after({.is_server = true, .shards = 8}, Milliseconds{400}, 2'500), Milliseconds{2'000});
}

TEST(CommitPace, IsWhatTheOperatorWants) {
  const CommitPace::Store file{.fixed = Milliseconds{250}};
  EXPECT_EQ(CommitPace(file).pause(), Milliseconds{250});
  EXPECT_EQ(pause_after(file, Milliseconds{900}, 2'000), Milliseconds{250});
}

}  // namespace
}  // namespace davylamp::app
