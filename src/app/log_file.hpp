// A log file that does not grow without bound.
#pragma once

#include <cstdint>
#include <ostream>
#include <streambuf>
#include <string>

namespace davylamp::app {

// Gathers what is written and puts it into the file when it is flushed. A flush that would make the file larger than
// `max_bytes` first renames it to PATH.1, which replaces an older one: two files, at most twice the size. What cannot
// be written (a full disk) goes to standard error instead, and the next flush tries the file again.
class BoundedFileBuffer : public std::streambuf {
 public:
  // Opens or makes the file (mode 0640). Throws base::Failure that says what to do.
  BoundedFileBuffer(std::string path, std::uint64_t max_bytes);
  BoundedFileBuffer(const BoundedFileBuffer&) = delete;
  BoundedFileBuffer& operator=(const BoundedFileBuffer&) = delete;
  ~BoundedFileBuffer() override;

 protected:
  int_type overflow(int_type letter) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  bool open();
  void rotate();

  std::string path_;
  std::uint64_t max_bytes_;
  std::string gathered_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

// The same as a stream, for Log.
class LogFile : public std::ostream {
 public:
  LogFile(const std::string& path, std::uint64_t max_bytes) : std::ostream(nullptr), buffer_(path, max_bytes) {
    rdbuf(&buffer_);
  }

 private:
  BoundedFileBuffer buffer_;
};

}  // namespace davylamp::app
