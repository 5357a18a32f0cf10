#include "sources/openvpn/hook_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/result.hpp"

namespace davylamp::openvpn {
namespace {

// Everyone may pass through and nobody may list.
constexpr mode_t directory_mode = 0711;

std::string reason() {
  return std::generic_category().message(errno);
}

}  // namespace

void make_hook_folder(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    throw base::Failure("hook_directory", "cannot make " + path + ": " + reason() +
                                              "; the folder above it must belong to the user that davylampd runs as");
  }
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode) || facts.st_uid != ::geteuid()) {
    throw base::Failure("hook_directory", path + " must be a folder of the user that davylampd runs as; remove it");
  }
  if ((facts.st_mode & 07777U) != mode && ::chmod(path.c_str(), mode) != 0) {
    throw base::Failure("hook_directory", "cannot set the mode of " + path + ": " + reason());
  }
}

void make_hook_directory(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return;
  const auto above = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(above, error);
  if (::mkdir(path.c_str(), directory_mode) == 0 && ::chmod(path.c_str(), directory_mode) == 0) return;
  throw base::Failure("hook_directory",
                      "cannot make " + path + ": " + reason() +
                          "; make it for the user that davylampd runs as: install -d -m 0711 -o USER " + path);
}

HookLock::HookLock(const std::string& directory)
    : descriptor_(::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (descriptor_ < 0) {
    throw base::Failure("hook_directory", "cannot write in " + directory + ": " + reason() +
                                              "; it must belong to the user that davylampd runs as");
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw base::Failure("hook_directory", directory +
                                              " is in use by another davylampd, or by another server of this one; " +
                                              "every server needs a hook_directory of its own");
  }
}

HookLock::~HookLock() {
  ::close(descriptor_);
}

}  // namespace davylamp::openvpn
