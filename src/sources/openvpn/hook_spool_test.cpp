#include "sources/openvpn/hook_spool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "hook/message.hpp"
#include "sources/openvpn/testing/hook_folder_fixture.hpp"

namespace davylamp::openvpn {
namespace {

using testing::append;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HookSpoolTest : public ::testing::Test {
 protected:
  HookSpoolTest() { restart(); }
  void restart() {
    spool = std::make_unique<HookSpool>(
        folder.path(), HookSpool::Rules{.accounts = {::geteuid()}, .passes_kept = 3, .most_bytes_per_pass = 1 << 20});
    spool->prepare();
  }
  std::vector<std::string> read() {
    std::vector<std::string> lines;
    more = spool->read([&](std::span<char> line, bool again) {
      lines.push_back((again ? "again " : "") + std::string(line.data(), line.size()));
    });
    return lines;
  }
  std::size_t claimed() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder / "claimed"), {}));
  }
  testing::TemporaryFolder folder;
  std::string mine = folder / ("spool/" + std::to_string(::geteuid()));
  std::unique_ptr<HookSpool> spool;
  bool more = false;
};

TEST_F(HookSpoolTest, GivesEachLineOnce) {
  append(mine, "one\ntwo\n\n");
  EXPECT_THAT(read(), ElementsAre("one", "two", ""));
  EXPECT_THAT(read(), IsEmpty());
  append(mine, "three\n");
  EXPECT_THAT(read(), ElementsAre("three"));
}

TEST_F(HookSpoolTest, SeesWhatAHookStillAppendsToAClaimedFile) {
  std::ofstream open(mine, std::ios::app);
  open << "one\nhal" << std::flush;
  EXPECT_THAT(read(), ElementsAre("one"));
  open << "f\ntwo\n" << std::flush;
  EXPECT_THAT(read(), ElementsAre("half", "two"));
}

TEST_F(HookSpoolTest, RepeatsWhatAnEarlierRunClaimedUntilItIsOld) {
  append(mine, "one\n");
  EXPECT_THAT(read(), ElementsAre("one"));
  restart();
  EXPECT_THAT(read(), ElementsAre("again one"));
  for (int i = 0; i < 3; ++i) EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(claimed(), 0U);
  restart();
  EXPECT_THAT(read(), IsEmpty());
}

// Whether a last word is one of a session depends on what was said before it.
TEST_F(HookSpoolTest, RepeatsThemInTheirOrder) {
  std::vector<std::string> all;
  for (int number = 0; number < 12; ++number) {
    spool->prepare();  // so that what was claimed is not old yet
    append(mine, std::to_string(number) + "\n");
    read();
    all.push_back("again " + std::to_string(number));
  }
  restart();
  EXPECT_EQ(read(), all);
}

TEST_F(HookSpoolTest, GivesTheTornEndOfAFileInTheEnd) {
  append(mine, "one\nto");
  EXPECT_THAT(read(), ElementsAre("one"));
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_THAT(read(), ElementsAre("to"));
}

TEST_F(HookSpoolTest, ReadsMuchInSeveralPasses) {
  const std::string line(1000, 'x');
  for (int i = 0; i < 3000; ++i) append(mine, line + "\n");
  std::size_t count = read().size();
  EXPECT_TRUE(more);
  while (more) count += read().size();
  EXPECT_EQ(count, 3000U);
}

TEST_F(HookSpoolTest, EndlessLinesAreCutAndDoNotStopIt) {
  append(mine, std::string(hook::most_message_bytes * 5, 'x') + "\nnext\n");
  const auto lines = read();
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.back(), "next");
}

TEST_F(HookSpoolTest, BelievesNoFileWhoseOwnerIsNotItsName) {
  append(folder / "spool/12345", "forged\n");
  append(folder / "spool/notes", "forged\n");
  std::filesystem::create_symlink("/etc/passwd", folder / "spool/0x");
  std::filesystem::create_directory(folder / "spool/7");
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(spool->forged(), 4U);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "spool"));
}

TEST_F(HookSpoolTest, BelievesNoFileOfAnotherAccount) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  append(folder / "spool/12345", "forged\n");
  ASSERT_EQ(::chown((folder / "spool/12345").c_str(), 12345, 12345), 0);
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(spool->forged(), 1U);
}

TEST_F(HookSpoolTest, FailsWhenTheFolderIsGone) {
  std::filesystem::remove_all(folder / "spool");
  EXPECT_THROW(read(), base::Failure);
}

}  // namespace
}  // namespace davylamp::openvpn
