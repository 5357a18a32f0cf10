// Talks: a status file on this host.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace davylamp::openvpn {

// OpenVPN rewrites the file in place, line by line, and cuts it at the end: what is read may be half old, half new. The
// reader must look at the text itself (StatusSummary::complete) and read again.
class StatusFile {
 public:
  explicit StatusFile(std::string path) : path_(std::move(path)) {}
  // Nothing was written since the last read(); a file that cannot be looked at counts as changed.
  bool unchanged() const;
  // The whole text. Throws Failure that says why not and what to do; a file beyond 256 MB is refused.
  std::string read();
  const std::string& path() const { return path_; }

 private:
  struct Stamp {
    ino_t inode = 0;
    off_t size = -1;
    std::int64_t changed_nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };
  std::string path_;
  Stamp read_;
};

}  // namespace davylamp::openvpn
