// Small files that a program keeps for itself: replaced whole, read whole.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace davylamp::io {

// Makes the folder (0700) and what is above it where they are absent. What cannot be made shows when a file is.
void make_private_folder(const std::filesystem::path& folder);

// Readers see the old text or the new one, never a part (mode 0600; its folder is made). Not synced to the disk: it is
// for what a crash of the host makes worthless anyway. Error "unwritable": a sentence with the path.
base::Result<void> keep_file(const std::string& path, std::string_view text);

// Nothing when there is no such file. Error "unreadable": also for one of more than `most_bytes`.
base::Result<std::optional<std::string>> read_kept_file(const std::string& path, std::size_t most_bytes);

}  // namespace davylamp::io
