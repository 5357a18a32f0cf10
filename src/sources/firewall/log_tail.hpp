// Follows a log file over rotation: by renaming, and by emptying it in place.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sources/firewall/positions.hpp"

namespace davylamp::firewall {

class LogTail {
 public:
  static constexpr std::size_t longest_line = 64 * 1024;
  // Of a file that was never read before, what it ends with counts, so many bytes.
  static constexpr std::uint64_t most_of_the_past = 8 * 1024 * 1024;

  // Goes on where `known` left off, in a file that was renamed meanwhile, too.
  LogTail(std::string path, std::optional<FilePosition> known) : path_(std::move(path)), known_(std::move(known)) {}
  ~LogTail();
  LogTail(const LogTail&) = delete;
  LogTail& operator=(const LogTail&) = delete;

  // Gives the whole lines of at most 256 KiB. True when there may be more at once. Throws Failure: "refused" when the
  // file must not be read, else "file".
  bool read(const std::function<void(std::string_view)>& take);
  // Behind the last line that was given; nothing before the first file was there.
  std::optional<FilePosition> position() const;

  bool absent() const { return descriptor_ < 0; }
  std::uint64_t lines() const { return lines_; }
  std::uint64_t too_long() const { return too_long_; }  // lines that were left out
  std::uint64_t rotations() const { return rotations_; }

 private:
  bool open();
  void open_first(std::uint64_t size);
  bool open_renamed();
  void begin_at(std::uint64_t offset);
  void leave();
  bool read_piece(const std::function<void(std::string_view)>& take);
  void give_lines(const std::function<void(std::string_view)>& take);
  bool at_end(const std::function<void(std::string_view)>& take);
  bool was_emptied() const;
  void keep_fingerprint();
  std::uint64_t fingerprint(std::uint64_t bytes) const;

  std::string path_;
  std::optional<FilePosition> known_;
  int descriptor_ = -1;
  std::uint64_t inode_ = 0;
  std::uint64_t device_ = 0;
  std::uint64_t offset_ = 0;  // of what comes next from the file
  std::string waiting_;       // the beginning of a line
  bool skipping_ = false;     // the rest of a line that is too long, or was begun before
  unsigned looks_since_renamed_ = 0;
  std::uint64_t fingerprint_ = 0;
  std::uint64_t fingerprint_bytes_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t too_long_ = 0;
  std::uint64_t rotations_ = 0;
};

}  // namespace davylamp::firewall
