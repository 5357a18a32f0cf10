#include "app/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/result.hpp"

namespace davylamp::app {
namespace {

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

BoundedFileBuffer::BoundedFileBuffer(std::string path, std::uint64_t max_bytes)
    : path_(std::move(path)), max_bytes_(max_bytes) {
  if (!open()) {
    throw base::Failure("log_file", "log.file: " + path_ + " cannot be opened: " + std::strerror(errno) +
                                        "; let this user write its folder, or leave log.file out for the journal");
  }
}

BoundedFileBuffer::~BoundedFileBuffer() {
  BoundedFileBuffer::sync();
  if (file_ >= 0) ::close(file_);
}

bool BoundedFileBuffer::open() {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file_ < 0) return false;
  struct stat status{};
  size_ = ::fstat(file_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  return true;
}

void BoundedFileBuffer::rotate() {
  // Should the rename fail, the file stays as it is: a log that is too long is better than none.
  if (std::rename(path_.c_str(), (path_ + ".1").c_str()) != 0) return;
  ::close(file_);
  open();
}

BoundedFileBuffer::int_type BoundedFileBuffer::overflow(int_type letter) {
  if (letter != traits_type::eof()) gathered_ += traits_type::to_char_type(letter);
  return traits_type::not_eof(letter);
}

std::streamsize BoundedFileBuffer::xsputn(const char* text, std::streamsize size) {
  gathered_.append(text, static_cast<std::size_t>(size));
  return size;
}

int BoundedFileBuffer::sync() {
  if (gathered_.empty()) return 0;
  if (file_ < 0) open();
  if (file_ >= 0 && size_ != 0 && size_ + gathered_.size() > max_bytes_) rotate();
  if (file_ >= 0 && write_all(file_, gathered_)) {
    size_ += gathered_.size();
  } else {
    write_all(STDERR_FILENO, gathered_);
  }
  gathered_.clear();
  return 0;
}

}  // namespace davylamp::app
