#include "sources/openvpn/status_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/result.hpp"

namespace davylamp::openvpn {
namespace {

constexpr off_t largest = 256L << 20;

std::int64_t nanoseconds_of(const struct stat& facts) {
  return static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec;
}

[[noreturn]] void refuse(const std::string& path, int error) {
  const std::string what = error == ENOENT
                               ? "the server has not written it: its configuration needs `status " + path + "`"
                           : error == EACCES ? "davylampd must be allowed to read it, and to enter its folder"
                                             : std::string(std::strerror(error));
  throw base::Failure("status_file", "cannot read the status file " + path + ": " + what);
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (file_ < 0) refuse(path, errno);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { ::close(file_); }
  int number() const { return file_; }

 private:
  int file_;
};

}  // namespace

bool StatusFile::unchanged() const {
  struct stat facts{};
  if (::stat(path_.c_str(), &facts) != 0) return false;
  return Stamp{facts.st_ino, facts.st_size, nanoseconds_of(facts)} == read_;
}

std::string StatusFile::read() {
  read_ = {};
  const OpenFile file(path_);
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) refuse(path_, errno);
  if (!S_ISREG(facts.st_mode)) throw base::Failure("status_file", path_ + " is no file, so it is no status file");
  if (facts.st_size > largest) throw base::Failure("status_file", path_ + " is larger than 256 MB: no status file is");
  std::string text;
  // It may grow while it is read.
  text.resize(static_cast<std::size_t>(facts.st_size) + 64 * 1024);
  std::size_t length = 0;
  for (;;) {
    if (length == text.size()) text.resize(2 * text.size());
    const auto got = ::read(file.number(), text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(path_, errno);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  text.resize(length);
  read_ = {facts.st_ino, facts.st_size, nanoseconds_of(facts)};
  return text;
}

}  // namespace davylamp::openvpn
