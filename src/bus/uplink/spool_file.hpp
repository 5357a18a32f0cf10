// Files of a spool. Everything throws Failure "spool", with the path and what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace davylamp::uplink {

class SpoolFile {
 public:
  SpoolFile() = default;
  ~SpoolFile();
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&& other) noexcept;
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  // Held as long as this lives; throws when another program holds it.
  static SpoolFile lock(const std::string& path);
  static SpoolFile create(const std::string& path);
  bool is_open() const { return file_ >= 0; }
  // Behind what is there, and onto the disk. What could not be written whole is taken back.
  void append(std::string_view text, std::uint64_t size_before);

 private:
  SpoolFile(int file, std::string path) : file_(file), path_(std::move(path)) {}
  int file_ = -1;
  std::string path_;
};

std::string read_spool_file(const std::string& path);
// Whole or not at all, and onto the disk.
void replace_spool_file(const std::string& path, std::string_view text);
void cut_spool_file(const std::string& path, std::uint64_t bytes);
void remove_spool_file(const std::string& path);
// Numbers of the files called "NUMBER.spool", in order. Makes the folder (0700) when it is absent.
std::vector<std::uint64_t> spool_files(const std::string& directory);

}  // namespace davylamp::uplink
