#include "app/setup/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace davylamp::app {
namespace {

// A temporary file that is gone unless it was kept.
class Draft {
 public:
  explicit Draft(const std::string& target) : name_(target + ".davylamp-XXXXXX") {
    number_ = mkostemp(name_.data(), O_CLOEXEC);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (number_ < 0) return;
    close(number_);
    if (!kept_) unlink(name_.c_str());
  }

  bool open() const { return number_ >= 0; }
  bool write_all(std::string_view text) const {
    while (!text.empty()) {
      const auto count = ::write(number_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  bool give(const FileOwner& owner) const {
    if (geteuid() == 0 && fchown(number_, owner.user, owner.group) != 0) return false;
    return fchmod(number_, owner.mode) == 0;
  }
  bool keep_as(const std::string& target) {
    if (fsync(number_) != 0 || rename(name_.c_str(), target.c_str()) != 0) return false;
    kept_ = true;
    return true;
  }

 private:
  std::string name_;
  int number_ = -1;
  bool kept_ = false;
};

}  // namespace

std::optional<FileOwner> owner_of(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileOwner{status.st_uid, status.st_gid, status.st_mode & 07777U};
}

base::Result<void> replace_file(const std::string& path, std::string_view text, const FileOwner& owner) {
  std::error_code error;
  std::string target = path;
  if (std::filesystem::is_symlink(path, error)) {
    target = std::filesystem::canonical(path, error).string();
    if (error) return base::fail("unwritable", path + " cannot be replaced: " + error.message());
  }
  Draft draft(target);
  if (!draft.open() || !draft.write_all(text) || !draft.give(owner) || !draft.keep_as(target)) {
    return base::fail("unwritable", path + " cannot be replaced: " + std::strerror(errno));
  }
  return {};
}

}  // namespace davylamp::app
