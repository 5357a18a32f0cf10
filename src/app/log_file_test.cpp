#include "app/log_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/log.hpp"
#include "base/result.hpp"
#include "base/testing/temporary_directory.hpp"

namespace davylamp::app {
namespace {

class LogFiles : public testing::Test {
 protected:
  LogFiles() { path_ = folder_ + "/davylamp.log"; }
  static std::string read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  base::TemporaryDirectory temporary_;
  std::string folder_ = temporary_.path();
  std::string path_;
};

TEST_F(LogFiles, WhatWouldBeTooMuchBeginsANewFile) {
  LogFile file(path_, 10);
  for (const auto* line : {"one\n", "two\n", "three\n", "four\n"}) file << line << std::flush;
  EXPECT_EQ(read(path_), "four\n");
  EXPECT_EQ(read(path_ + ".1"), "three\n");
}

TEST_F(LogFiles, GoesOnWhereItWas) {
  std::ofstream(path_) << "before\n";
  LogFile(path_, 100) << "after\n" << std::flush;
  EXPECT_EQ(read(path_), "before\nafter\n");
  EXPECT_FALSE(std::filesystem::exists(path_ + ".1"));
}

TEST_F(LogFiles, ALineThatIsLongerThanTheBoundIsWrittenWhole) {
  LogFile file(path_, 10);
  file << "a line longer than that\n" << std::flush;
  EXPECT_EQ(read(path_), "a line longer than that\n");
}

TEST_F(LogFiles, StaysWithinTwiceTheBound) {
  LogFile file(path_, 1000);
  base::ManualClock clock;
  Log log(file, clock, LogLevel::info_);
  for (int i = 0; i < 500; ++i) log.info("event number " + std::to_string(i));
  EXPECT_LE(std::filesystem::file_size(path_), 1000U);
  EXPECT_LE(std::filesystem::file_size(path_ + ".1"), 1000U);
  EXPECT_THAT(read(path_), testing::HasSubstr("event number 499"));
}

TEST_F(LogFiles, AFolderThatIsNotThereIsSaid) {
  try {
    LogFile(folder_ + "/absent/davylamp.log", 1000);
    FAIL();
  } catch (const base::Failure& failure) {
    EXPECT_THAT(failure.what(), testing::HasSubstr("No such file or directory; let this user write its folder"));
  }
}

}  // namespace
}  // namespace davylamp::app
