#include "sources/firewall/log_tail.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/result.hpp"

namespace davylamp::firewall {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::uint64_t most_fingerprint_bytes = 256;
// Who writes a log goes on with the renamed file until it is told: so many looks without news, and the new one is next.
constexpr unsigned looks_before_the_next = 3;

[[noreturn]] void fail(const std::string& path, int error) {
  const bool refused = error == EACCES || error == EPERM;
  throw base::Failure(refused ? "refused" : "file",
                      path + " cannot be read: " + std::strerror(error) +
                          (refused ? "; add this program's user to the group that may (often adm)" : ""));
}

}  // namespace

LogTail::~LogTail() {
  leave();
}

void LogTail::leave() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

bool LogTail::read(const std::function<void(std::string_view)>& take) {
  if (descriptor_ < 0 && !open()) return false;
  if (was_emptied()) {
    ++rotations_;
    begin_at(0);
  }
  return read_piece(take) || at_end(take);
}

bool LogTail::open() {
  if (known_ && open_renamed()) return true;
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0 && errno == ENOENT) return false;
  if (descriptor_ < 0) fail(path_, errno);
  struct stat found{};
  if (::fstat(descriptor_, &found) != 0) fail(path_, errno);
  if (!S_ISREG(found.st_mode)) {
    leave();
    throw base::Failure("file", path_ + " is no regular file");
  }
  inode_ = found.st_ino;
  device_ = found.st_dev;
  open_first(static_cast<std::uint64_t>(found.st_size));
  return true;
}

// A file that was not there when its reading began is read from its beginning.
void LogTail::open_first(std::uint64_t size) {
  const auto known = std::exchange(known_, std::nullopt);
  if (rotations_ > 0) return begin_at(0);
  if (!known) {
    begin_at(size > most_of_the_past ? size - most_of_the_past : 0);
    skipping_ = offset_ > 0;
    return;
  }
  const bool same =
      known->inode == inode_ && known->offset <= size && fingerprint(known->fingerprint_bytes) == known->fingerprint;
  begin_at(same ? known->offset : 0);
}

// What was read last may have been renamed while this program was away: "kern.log.1", "kern.log-20261121".
bool LogTail::open_renamed() {
  struct stat found{};
  const bool there = ::stat(path_.c_str(), &found) == 0;
  if (there && found.st_ino == known_->inode) return false;
  const std::filesystem::path path(path_);
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path.parent_path(), error)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(path.filename().string()) || ::stat(entry.path().c_str(), &found) != 0 ||
        found.st_ino != known_->inode || static_cast<std::uint64_t>(found.st_size) < known_->offset)
      continue;
    descriptor_ = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) continue;
    if (fingerprint(known_->fingerprint_bytes) != known_->fingerprint) {
      leave();
      continue;
    }
    inode_ = found.st_ino;
    device_ = found.st_dev;
    begin_at(std::exchange(known_, std::nullopt)->offset);
    return true;
  }
  return false;
}

void LogTail::begin_at(std::uint64_t offset) {
  offset_ = offset;
  waiting_.clear();
  skipping_ = false;
  looks_since_renamed_ = 0;
  fingerprint_bytes_ = 0;
  fingerprint_ = fingerprint(0);
  keep_fingerprint();
}

bool LogTail::read_piece(const std::function<void(std::string_view)>& take) {
  const auto before = waiting_.size();
  waiting_.resize(before + piece_bytes);
  const auto size = ::pread(descriptor_, waiting_.data() + before, piece_bytes, static_cast<off_t>(offset_));
  waiting_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (size < 0) fail(path_, errno);
  if (size == 0) return false;
  offset_ += static_cast<std::uint64_t>(size);
  looks_since_renamed_ = 0;
  give_lines(take);
  keep_fingerprint();
  return true;
}

void LogTail::give_lines(const std::function<void(std::string_view)>& take) {
  std::string_view rest = waiting_;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (std::exchange(skipping_, false)) continue;
    if (line.size() > longest_line) {
      ++too_long_;
      continue;
    }
    ++lines_;
    take(line);
  }
  if (rest.size() > longest_line) {
    if (!skipping_) ++too_long_;
    skipping_ = true;
    rest = {};
  }
  waiting_.erase(0, waiting_.size() - rest.size());
}

// Nothing new: perhaps there is another file now. True when it was opened.
bool LogTail::at_end(const std::function<void(std::string_view)>& take) {
  struct stat found{};
  if (::stat(path_.c_str(), &found) != 0 || (found.st_ino == inode_ && found.st_dev == device_)) return false;
  if (++looks_since_renamed_ < looks_before_the_next) return false;
  // Nobody ends this line any more.
  if (!waiting_.empty() && !skipping_) {
    ++lines_;
    take(waiting_);
  }
  leave();
  ++rotations_;
  return open();
}

bool LogTail::was_emptied() const {
  struct stat found{};
  if (::fstat(descriptor_, &found) != 0) return false;
  if (static_cast<std::uint64_t>(found.st_size) < offset_) return true;
  return static_cast<std::uint64_t>(found.st_size) != offset_ && fingerprint(fingerprint_bytes_) != fingerprint_;
}

void LogTail::keep_fingerprint() {
  const auto whole = offset_ - waiting_.size();
  if (fingerprint_bytes_ >= most_fingerprint_bytes || whole <= fingerprint_bytes_) return;
  fingerprint_bytes_ = std::min(whole, most_fingerprint_bytes);
  fingerprint_ = fingerprint(fingerprint_bytes_);
}

// FNV-1a.
std::uint64_t LogTail::fingerprint(std::uint64_t bytes) const {
  std::array<unsigned char, most_fingerprint_bytes> head{};
  const auto wanted = std::min<std::uint64_t>(bytes, head.size());
  const auto size = ::pread(descriptor_, head.data(), wanted, 0);
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (ssize_t i = 0; i < size; ++i) hash = (hash ^ head[static_cast<std::size_t>(i)]) * 0x100000001B3ULL;
  return hash;
}

std::optional<FilePosition> LogTail::position() const {
  if (descriptor_ < 0) return known_;
  return FilePosition{path_, inode_, offset_ - waiting_.size(), fingerprint_, fingerprint_bytes_};
}

}  // namespace davylamp::firewall
