// A full disk, a read-only one, a database that another process keeps locked: said clearly, nothing half-written, and
// the same batch goes through once the world is better.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/testing/temporary_directory.hpp"
#include "contract/testing/store_samples.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/failures.hpp"
#include "store/sqlite/store.hpp"

namespace davylamp::sqlite {
namespace {

using contract::testing::bare_session;
using contract::testing::moved;
using ::testing::HasSubstr;

// A file system of 2 MB of its own; needs root.
class SmallDisk {
 public:
  explicit SmallDisk(const base::TemporaryDirectory& directory)
      : path_(directory.file("")), mounted_(::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=2m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }
  bool change(unsigned long flags, const char* options) {
    return ::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT | flags, options) == 0;
  }
  std::string file(const std::string& name) const { return path_ + name; }

 private:
  std::string path_;
  bool mounted_;
};

// Batch n opens 100 sessions of anna, each of which moves a byte.
contract::Batch batch_of(std::uint64_t number) {
  contract::Batch batch{.number = number};
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto id = (number - 1) * 100 + i;
    batch.sessions.push_back(bare_session(id));
    batch.traffic.push_back(moved(id, "anna", static_cast<int>(number) * 60, {1, 0}));
  }
  return batch;
}

// Everything that the store shows is of `batches` whole batches.
void expect_whole(contract::Store& store, std::uint64_t batches) {
  EXPECT_EQ(store.writer()->load_checkpoint().last_batch, batches);
  EXPECT_EQ(store.writer()->load_checkpoint().open_sessions.size(), batches * 100);
  EXPECT_EQ(store.reader()->user("anna")->rx_bytes, batches * 100);
  EXPECT_EQ(store.writer()->usage(contract::testing::at(0)).at(0).bytes.rx_bytes, batches * 100);
}

TEST(SqliteBadWorld, FullDisk) {
  const base::TemporaryDirectory directory;
  SmallDisk disk(directory);
  if (!disk.mounted()) GTEST_SKIP() << "needs root, to mount a small file system";
  const auto path = disk.file("davylamp.db");
  const auto store = open({.path = path});
  const auto writer = store->writer();
  base::Error error{"none", ""};
  std::uint64_t number = 0;
  while (error.code == "none" && number < 10'000) error = error_of([&] { writer->commit(batch_of(++number)); });
  EXPECT_EQ(error.code, "store_full");
  EXPECT_THAT(error.message, ::testing::AllOf(HasSubstr(path), HasSubstr("free some space")));
  ASSERT_GT(number, 2U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(error_of([&] { writer->commit(batch_of(number)); }).code, "store_full");
  EXPECT_EQ(store->reader()->user("anna")->rx_bytes, (number - 1) * 100);
  const auto copy = error_of([&] { backup(path, disk.file("copy.db")); });
  EXPECT_EQ(copy.code, "store_full");
  EXPECT_NE(::access(disk.file("copy.db").c_str(), F_OK), 0);
  EXPECT_NE(::access(disk.file("copy.db.partial").c_str(), F_OK), 0);

  ASSERT_TRUE(disk.change(0, "size=64m"));
  writer->commit(batch_of(number));
  writer->commit(batch_of(number + 1));
  expect_whole(*store, number + 1);
}

TEST(SqliteBadWorld, ReadOnlyDisk) {
  const base::TemporaryDirectory directory;
  SmallDisk disk(directory);
  if (!disk.mounted()) GTEST_SKIP() << "needs root, to mount a small file system";
  const auto path = disk.file("davylamp.db");
  {
    open({.path = path})->writer()->commit(batch_of(1));
  }
  ASSERT_TRUE(disk.change(MS_RDONLY, nullptr));
  const auto error = error_of([&] { open({.path = path}); });
  EXPECT_THAT(error.code, ::testing::AnyOf("store_read_only", "store_unreachable"));
  EXPECT_THAT(error.message, ::testing::AllOf(HasSubstr(path), HasSubstr("Read-only file system")));
  EXPECT_EQ(open_read_only({.path = path})->reader()->user("anna")->rx_bytes, 100U);
  ASSERT_TRUE(disk.change(0, nullptr));
  const auto store = open({.path = path});
  store->writer()->commit(batch_of(2));
  expect_whole(*store, 2);
}

TEST(SqliteBadWorld, DatabaseThatAnotherProcessKeepsLocked) {
  const base::TemporaryDirectory directory;
  const auto path = directory.file("davylamp.db");
  const auto store = open({.path = path});
  const auto writer = store->writer();
  writer->commit(batch_of(1));
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      Connection connection(path, Access::write);
      const Transaction held(connection, Unit::write);
      if (::write(ready[1], "x", 1) == 1) ::pause();
    } catch (...) {
    }
    ::_exit(2);
  }
  ::close(ready[1]);
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(ready[0]);
  const auto error = error_of([&] { writer->commit(batch_of(2)); });
  EXPECT_EQ(error.code, "store_busy");
  EXPECT_THAT(error.message, ::testing::AllOf(HasSubstr(path), HasSubstr("another process holds the write lock")));
  EXPECT_EQ(store->reader()->user("anna")->rx_bytes, 100U);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  writer->commit(batch_of(2));
  expect_whole(*store, 2);
}

}  // namespace
}  // namespace davylamp::sqlite
