// How far logs were read, remembered over a restart of this program: no line counts twice, none is left out.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace davylamp::firewall {

// `offset` is behind the last whole line. The fingerprint is of the file's first bytes, so many: another file that got
// the same inode, or one that was emptied and written anew, has another.
struct FilePosition {
  std::string path;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;
  std::uint64_t fingerprint = 0;
  std::uint64_t fingerprint_bytes = 0;
  bool operator==(const FilePosition&) const = default;
};
BOOST_DESCRIBE_STRUCT(FilePosition, (), (path, inode, offset, fingerprint, fingerprint_bytes))

struct Positions {
  std::optional<std::string> kernel_boot;  // which start of the kernel `kernel_sequence` is of
  std::optional<std::uint64_t> kernel_sequence;
  std::vector<FilePosition> files;
  bool operator==(const Positions&) const = default;
};
BOOST_DESCRIBE_STRUCT(Positions, (), (kernel_boot, kernel_sequence, files))

// Empty when there is no such file, or it is damaged.
Positions load_positions(const std::string& state_file);
// In the place of what was there, whole or not at all; the folder is made. Throws Failure "state_file".
void save_positions(const std::string& state_file, const Positions& positions);

}  // namespace davylamp::firewall
