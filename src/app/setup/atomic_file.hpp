// Replacing a file whole.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::app {

struct FileOwner {
  uid_t user = 0;
  gid_t group = 0;
  mode_t mode = 0644;
};

// Nothing when there is no such file, or it is no regular file.
std::optional<FileOwner> owner_of(const std::string& path);

// Readers see the old text or the new one, never a part; written to the disk before it counts. The file behind a
// symbolic link is replaced, not the link. `owner`'s ids are left out where this process may not give files away.
base::Result<void> replace_file(const std::string& path, std::string_view text, const FileOwner& owner);

}  // namespace davylamp::app
