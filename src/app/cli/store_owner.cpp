#include "app/cli/store_owner.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace davylamp::app {

StoreOwner::~StoreOwner() {
  if (geteuid() != 0) return;
  struct stat folder{};
  const auto parent = std::filesystem::path(path_).parent_path();
  if (stat(parent.empty() ? "." : parent.c_str(), &folder) != 0 || folder.st_uid == 0) return;
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    const auto name = path_ + suffix;
    struct stat file{};
    if (lstat(name.c_str(), &file) != 0 || !S_ISREG(file.st_mode) || file.st_uid != 0) continue;
    // Should this fail, the daemon names the file and what to do when it starts.
    if (lchown(name.c_str(), folder.st_uid, folder.st_gid) != 0) return;
  }
}

}  // namespace davylamp::app
