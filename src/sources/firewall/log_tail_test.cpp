#include "sources/firewall/log_tail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::firewall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LogTailTest : public ::testing::Test {
 protected:
  void append(const std::string& text) { std::ofstream(path, std::ios::app | std::ios::binary) << text; }
  // Everything that can be read now.
  std::vector<std::string> read(LogTail& tail) {
    std::vector<std::string> lines;
    const auto take = [&](std::string_view line) { lines.emplace_back(line); };
    for (int idle = 0; idle < 4;) idle = tail.read(take) ? 0 : idle + 1;
    return lines;
  }
  base::TemporaryDirectory directory;
  std::string path = directory.file("kern.log");
};

TEST_F(LogTailTest, WaitsForAFileAndReadsItFromItsBeginning) {
  LogTail tail(path, std::nullopt);
  EXPECT_THAT(read(tail), IsEmpty());
  EXPECT_TRUE(tail.absent());
  append("one\ntwo\nthr");
  EXPECT_THAT(read(tail), ElementsAre("one", "two"));
  append("ee\n");
  EXPECT_THAT(read(tail), ElementsAre("three"));
}

TEST_F(LogTailTest, FollowsARenamedFileToItsEnd) {
  append("one\n");
  LogTail tail(path, std::nullopt);
  EXPECT_THAT(read(tail), ElementsAre("one"));
  std::filesystem::rename(path, path + ".1");
  std::ofstream(path + ".1", std::ios::app) << "late\nwithout end";
  append("next\n");
  EXPECT_THAT(read(tail), ElementsAre("late", "without end", "next"));
  EXPECT_EQ(tail.rotations(), 1U);
}

TEST_F(LogTailTest, ReadsOnInAFileThatWasEmptied) {
  append("one\ntwo\n");
  LogTail tail(path, std::nullopt);
  EXPECT_THAT(read(tail), ElementsAre("one", "two"));
  std::filesystem::copy_file(path, path + ".1");
  std::filesystem::resize_file(path, 0);
  append("three\n");
  EXPECT_THAT(read(tail), ElementsAre("three"));
}

TEST_F(LogTailTest, SeesThatAFileWasEmptiedThoughItGrewBeyond) {
  append("one\n");
  LogTail tail(path, std::nullopt);
  EXPECT_THAT(read(tail), ElementsAre("one"));
  std::filesystem::resize_file(path, 0);
  append("another first line\nand more\n");
  EXPECT_THAT(read(tail), ElementsAre("another first line", "and more"));
}

TEST_F(LogTailTest, LeavesOutLinesThatAreTooLong) {
  LogTail tail(path, std::nullopt);
  append("a\n" + std::string(LogTail::longest_line + 1, 'x') + "\nb\n" + std::string(3'000'000, 'y'));
  EXPECT_THAT(read(tail), ElementsAre("a", "b"));
  append("y\nc\n");
  EXPECT_THAT(read(tail), ElementsAre("c"));
  EXPECT_EQ(tail.too_long(), 2U);
}

TEST_F(LogTailTest, GoesOnAfterARestart) {
  append("one\ntw");
  std::optional<FilePosition> known;
  {
    LogTail tail(path, std::nullopt);
    EXPECT_THAT(read(tail), ElementsAre("one"));
    known = tail.position();
  }
  append("o\nthree\n");
  LogTail tail(path, known);
  EXPECT_THAT(read(tail), ElementsAre("two", "three"));
}

TEST_F(LogTailTest, GoesOnInTheFileThatWasRenamedMeanwhile) {
  append("one\n");
  std::optional<FilePosition> known;
  {
    LogTail tail(path, std::nullopt);
    EXPECT_THAT(read(tail), ElementsAre("one"));
    known = tail.position();
  }
  append("two\n");
  std::filesystem::rename(path, path + "-20261121");
  append("three\n");
  LogTail tail(path, known);
  EXPECT_THAT(read(tail), ElementsAre("two", "three"));
}

TEST_F(LogTailTest, BeginsAnewInAFileThatIsAnother) {
  append("one\n");
  FilePosition known;
  {
    LogTail tail(path, std::nullopt);
    EXPECT_THAT(read(tail), ElementsAre("one"));
    known = *tail.position();
  }
  std::filesystem::resize_file(path, 0);
  append("fresh line\nmore\n");
  LogTail tail(path, known);
  EXPECT_THAT(read(tail), ElementsAre("fresh line", "more"));
}

TEST_F(LogTailTest, ReadsTheEndOfALongPast) {
  std::string line(1'000, 'x');
  line += '\n';
  std::ofstream file(path, std::ios::binary);
  for (int i = 0; i < 10'000; ++i) file << line;
  file << "last\n";
  file.close();
  LogTail tail(path, std::nullopt);
  const auto lines = read(tail);
  EXPECT_EQ(lines.back(), "last");
  EXPECT_EQ(lines.size(), LogTail::most_of_the_past / 1'001 + 1);
  EXPECT_EQ(lines.front().size(), 1'000U);
}

TEST_F(LogTailTest, SaysWhatIsNoFile) {
  std::filesystem::create_directory(path);
  LogTail tail(path, std::nullopt);
  EXPECT_THROW(read(tail), base::Failure);
}

TEST(Positions, OutliveARestartAndADamage) {
  base::TemporaryDirectory directory;
  const auto file = directory.file("firewall/edge");
  EXPECT_EQ(load_positions(file), Positions{});
  const Positions positions{"boot", 18'446'744'073'709'551'615ULL, {{"/var/log/kern.log", 5, 7, 1ULL << 63U, 256}}};
  save_positions(file, positions);
  EXPECT_EQ(load_positions(file), positions);
  std::ofstream(file) << "{\"kernel_boot\":";
  EXPECT_EQ(load_positions(file), Positions{});
  EXPECT_THROW(save_positions("/proc/no/such", positions), base::Failure);
}

}  // namespace
}  // namespace davylamp::firewall
