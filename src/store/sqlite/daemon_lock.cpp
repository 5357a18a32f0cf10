#include "store/sqlite/daemon_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>

#include "base/result.hpp"

namespace davylamp::sqlite {
namespace {

std::string holder_of(int descriptor) {
  std::array<char, 16> text{};
  const auto size = ::pread(descriptor, text.data(), text.size(), 0);
  std::string holder;
  for (ssize_t i = 0; i < size && std::isdigit(static_cast<unsigned char>(text.at(static_cast<std::size_t>(i)))) != 0;
       ++i)
    holder += text.at(static_cast<std::size_t>(i));
  return holder.empty() ? "another process" : "process " + holder;
}

// Only the lock counts: a lock file that could not be written to still locks.
void write_holder(int descriptor) {
  const auto holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0) return;
  [[maybe_unused]] const auto written = ::pwrite(descriptor, holder.data(), holder.size(), 0);
}

}  // namespace

DaemonLock::DaemonLock(const std::string& database_path) {
  const auto path = database_path + ".lock";
  const bool is_new = !exists(path);
  file_ = File(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file_.is_open()) fail_on_file("open the lock", path, "let this user write to the directory of the database");
  if (is_new) give_to_owner(path, database_path);
  if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) fail_on_file("lock", path, "put the database on a file system that knows locks");
    throw base::Failure("in_use", "a daemon runs on the database " + database_path + " (" +
                                      holder_of(file_.descriptor()) + "): stop it first");
  }
  write_holder(file_.descriptor());
}

}  // namespace davylamp::sqlite
