// The folder of scheduled backups: one file each, the oldest removed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace davylamp::app {

// Touches only files it named itself: davylamp-YYYYMMDD-HHMMSS.db.
class BackupFolder {
 public:
  explicit BackupFolder(std::string path) : path_(std::move(path)) {}
  std::string next_path(base::Time now) const;
  // Oldest first.
  std::vector<std::string> files() const;
  // Removes the oldest until at most `count` are there (0 keeps all); returns how many went.
  std::uint64_t keep(std::uint32_t count) const;

 private:
  std::string path_;
};

}  // namespace davylamp::app
