// The truth, for whoever compares: a file with a JSON object per session, replaced as a whole each time.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "sim/instance.hpp"

namespace davylamp::sim {

class TruthFile {
 public:
  explicit TruthFile(std::filesystem::path path) : path_(std::move(path)) {}
  // The first million are kept; how many more there were is said in the last line.
  void ended(const Account& account);
  // Throws Failure when the file cannot be written.
  void write(std::span<const Account> open);

 private:
  std::filesystem::path path_;
  std::string ended_lines_;
  std::uint64_t ended_count_ = 0;
  std::uint64_t forgotten_ = 0;
};

}  // namespace davylamp::sim
