#include "bus/uplink/spool_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/result.hpp"
#include "io/kept_file.hpp"

namespace davylamp::uplink {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& path, int error) {
  throw base::Failure("spool", "cannot " + what + " " + path + ": " + std::system_category().message(error) +
                                   "; uplink.spool_directory must be a folder that this program may write to, with "
                                   "room for uplink.spool_bytes");
}

int open_file(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file < 0) fail("open", path, errno);
  return file;
}

// The number of bytes that were written, all of them unless it failed.
std::size_t write_all(int file, std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const auto count = ::write(file, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  return written;
}

}  // namespace

SpoolFile::~SpoolFile() {
  if (file_ >= 0) ::close(file_);
}

SpoolFile::SpoolFile(SpoolFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}

SpoolFile& SpoolFile::operator=(SpoolFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(path_, other.path_);
  return *this;
}

SpoolFile SpoolFile::lock(const std::string& path) {
  SpoolFile file(open_file(path, O_RDWR | O_CREAT), path);
  if (::flock(file.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) fail("lock", path, errno);
    throw base::Failure("spool", "another collector keeps its spool there (" + path +
                                     "): stop it, or give this one its own uplink.spool_directory");
  }
  return file;
}

SpoolFile SpoolFile::create(const std::string& path) {
  return {open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND), path};
}

void SpoolFile::append(std::string_view text, std::uint64_t size_before) {
  const bool whole = write_all(file_, text) == text.size() && ::fdatasync(file_) == 0;
  if (whole) return;
  const int error = errno;
  if (::ftruncate(file_, static_cast<off_t>(size_before)) != 0) {
    // What is torn here is recognised when it is read.
  }
  fail("write to", path_, error);
}

std::string read_spool_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) fail("read", path, errno);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void replace_spool_file(const std::string& path, std::string_view text) {
  const auto draft = path + ".new";
  const int file = open_file(draft, O_WRONLY | O_CREAT | O_TRUNC);
  const bool whole = write_all(file, text) == text.size() && ::fdatasync(file) == 0;
  const int error = errno;
  ::close(file);
  if (!whole) fail("write to", draft, error);
  if (::rename(draft.c_str(), path.c_str()) != 0) fail("replace", path, errno);
}

void cut_spool_file(const std::string& path, std::uint64_t bytes) {
  if (::truncate(path.c_str(), static_cast<off_t>(bytes)) != 0) fail("cut", path, errno);
}

void remove_spool_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("remove", path, errno);
}

std::vector<std::uint64_t> spool_files(const std::string& directory) {
  io::make_private_folder(directory);
  std::vector<std::uint64_t> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    std::uint64_t number = 0;
    const auto* const last = name.data() + name.size();
    const auto read = std::from_chars(name.data(), last, number);
    if (read.ec == std::errc() && std::string_view(read.ptr, last) == ".spool") numbers.push_back(number);
  }
  if (error) fail("read", directory, error.value());
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace davylamp::uplink
