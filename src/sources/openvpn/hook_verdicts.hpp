// Writes the file that davylamp-hook looks users up in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/command.hpp"

namespace davylamp::openvpn {

class HookVerdicts {
 public:
  explicit HookVerdicts(const std::string& directory) : path_(directory + "/verdicts") {}

  // From now on these are refused. Call keep() to have it written.
  void want(std::vector<model::Refusal> refusals);
  // Writes what is wanted unless the file already says so; nothing before the first want(), so that the refusals of an
  // earlier run hold. An error tells what could not be written; calling again tries again.
  base::Result<void> keep(base::Time now);

 private:
  bool is_in_place() const;
  base::Result<void> write(base::Time now);

  std::string path_;
  std::vector<model::Refusal> wanted_;
  bool is_wanted_ = false;
  bool is_written_ = false;
  std::uint64_t written_inode_ = 0;
};

}  // namespace davylamp::openvpn
