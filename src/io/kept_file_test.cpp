#include "io/kept_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/testing/temporary_directory.hpp"

namespace davylamp::io {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST(KeptFile, IsReplacedWholeAndNobodyElseReadsIt) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("above/own/book");
  ASSERT_TRUE(keep_file(path, "a longer first text"));
  ASSERT_TRUE(keep_file(path, "second"));
  EXPECT_EQ(**read_kept_file(path, 100), "second");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(directory.file("above/own")), 0700U);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(KeptFile, ThatIsNotThereIsNoError) {
  const base::TemporaryDirectory directory;
  const auto text = read_kept_file(directory.file("absent"), 100);
  ASSERT_TRUE(text);
  EXPECT_FALSE(*text);
}

TEST(KeptFile, IsReadUpToItsBound) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("book");
  ASSERT_TRUE(keep_file(path, std::string(200'000, 'x')));
  EXPECT_EQ((*read_kept_file(path, 200'000))->size(), 200'000U);
  EXPECT_EQ(read_kept_file(path, 199'999).error().code, "unreadable");
}

TEST(KeptFile, TellsWhatCannotBeWrittenOrRead) {
  const base::TemporaryDirectory directory;
  const auto blocked = keep_file(directory.path(), "text");
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code, "unwritable");
  EXPECT_NE(blocked.error().message.find(directory.path()), std::string::npos);
  EXPECT_EQ(read_kept_file(directory.path(), 100).error().code, "unreadable");
}

}  // namespace
}  // namespace davylamp::io
