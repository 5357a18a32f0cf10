#include "store/sqlite/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/result.hpp"

namespace davylamp::sqlite {

File::~File() {
  if (is_open()) ::close(descriptor_);
}
File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

bool exists(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string directory_of(const std::string& path) {
  const auto directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

void fail_on_file(const std::string& doing, const std::string& path, const std::string& what_to_do) {
  const auto reason = std::string(std::strerror(errno));
  throw base::Failure("file_failed", "cannot " + doing + " " + path + ": " + reason + "; " + what_to_do);
}

void make_durable(const std::string& path) {
  for (const auto& [name, flags] :
       {std::pair(path, O_RDONLY | O_CLOEXEC), std::pair(directory_of(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)}) {
    const File file(::open(name.c_str(), flags));
    if (!file.is_open() || ::fsync(file.descriptor()) != 0)
      fail_on_file("make sure of", name, "look at the kernel log, and whether the disk is full");
  }
}

void give_to_owner(const std::string& path, const std::string& like) {
  if (::geteuid() != 0) return;
  struct stat status{};
  if (::lstat(like.c_str(), &status) != 0 && ::stat(directory_of(path).c_str(), &status) != 0) return;
  if (::lchown(path.c_str(), status.st_uid, status.st_gid) != 0)
    fail_on_file("give to its owner", path, "give it to the user that runs davylampd");
}

void rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  // Not every file system can tell in one step whether the name is taken.
  if (errno == EINVAL && !exists(to) && ::rename(from.c_str(), to.c_str()) == 0) return;
  fail_on_file("make", to, "name a file that does not exist, in a directory that may be written");
}

}  // namespace davylamp::sqlite
