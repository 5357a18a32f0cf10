#include "probe/report_queue.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/testing/temporary_directory.hpp"

namespace davylamp::probe {
namespace {

model::Heartbeat at(std::int64_t seconds) {
  model::Heartbeat heartbeat;
  heartbeat.measured_at = base::from_unix_seconds(seconds);
  return heartbeat;
}

std::vector<std::int64_t> seconds_of(const std::vector<QueuedReport>& reports) {
  std::vector<std::int64_t> seconds;
  for (const auto& report : reports) seconds.push_back(base::to_unix_seconds(report.heartbeat.measured_at));
  return seconds;
}

constexpr std::size_t any_bytes = 1'000'000;

TEST(ReportQueue, GivesTheOldestFirstUntilTheyAreRemoved) {
  const base::TemporaryDirectory folder;
  ReportQueue queue(folder.path(), "boot");
  for (const int second : {1, 2, 3}) ASSERT_TRUE(queue.add(at(second), {}));
  const auto two = queue.oldest(2, any_bytes);
  EXPECT_EQ(seconds_of(two), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(two[0].id, "boot-1");
  queue.remove(two[0].id);
  EXPECT_EQ(seconds_of(queue.oldest(9, any_bytes)), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(seconds_of(queue.oldest(9, 1)), std::vector<std::int64_t>{2});
}

TEST(ReportQueue, WhatWaitedIsThereAfterAKillWithTheSameId) {
  const base::TemporaryDirectory folder;
  std::vector<QueuedReport> before;
  {
    ReportQueue queue(folder.path(), "one");
    ASSERT_TRUE(queue.add(at(1), {}));
    ASSERT_TRUE(queue.add(at(2), {}));
    before = queue.oldest(9, any_bytes);
  }
  ReportQueue queue(folder.path(), "two");
  ASSERT_TRUE(queue.add(at(3), {}));
  const auto reports = queue.oldest(9, any_bytes);
  EXPECT_EQ(seconds_of(reports), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(reports[1].id, before[1].id);
  EXPECT_EQ(reports[2].id, "two-3");
}

TEST(ReportQueue, TheOldestGoWhenTooManyWaitAndAreCounted) {
  const base::TemporaryDirectory folder;
  ReportQueue queue(folder.path(), "boot", {.reports = 3, .bytes = any_bytes});
  for (int second = 1; second <= 5; ++second) ASSERT_TRUE(queue.add(at(second), {}));
  EXPECT_EQ(seconds_of(queue.oldest(9, any_bytes)), (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(queue.dropped(), 2U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 3);
}

TEST(ReportQueue, HasABoundInBytesToo) {
  const base::TemporaryDirectory folder;
  ReportQueue queue(folder.path(), "boot", {.reports = 1'000, .bytes = 1'000});
  for (int second = 1; second <= 50; ++second) ASSERT_TRUE(queue.add(at(second), {}));
  EXPECT_LE(queue.bytes(), 1'000U);
  EXPECT_EQ(queue.size() + queue.dropped(), 50U);
  EXPECT_EQ(seconds_of(queue.oldest(99, any_bytes)).back(), 50);
}

TEST(ReportQueue, AFileThatCannotBeReadIsDroppedAndCounted) {
  const base::TemporaryDirectory folder;
  std::ofstream(folder.file("000000000001.json")) << "{\"id\":";
  std::ofstream(folder.file("notes.txt")) << "somebody's own";
  ReportQueue queue(folder.path(), "boot");
  ASSERT_TRUE(queue.add(at(2), {}));
  EXPECT_EQ(seconds_of(queue.oldest(9, any_bytes)), std::vector<std::int64_t>{2});
  EXPECT_EQ(queue.dropped(), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder.file("notes.txt")));
}

TEST(ReportQueue, WithoutAFolderReportsWaitInMemory) {
  const base::TemporaryDirectory folder;
  std::ofstream(folder.file("taken")) << "a file";
  ReportQueue queue(folder.file("taken"), "boot");
  EXPECT_FALSE(queue.add(at(1), {}));
  EXPECT_EQ(seconds_of(queue.oldest(9, any_bytes)), std::vector<std::int64_t>{1});
  queue.remove("boot-1");
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace davylamp::probe
