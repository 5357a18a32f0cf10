// Reads what davylamp-hook appended to DIRECTORY/spool: one file for each account it runs as.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>

#include "sources/openvpn/hook_accounts.hpp"

namespace davylamp::openvpn {

// A file is claimed by renaming it to DIRECTORY/claimed, so that the hook begins a new one; it is watched there, for a
// hook that had it open may still append, and deleted `passes_kept` passes after its last line: what it tells is stored
// long before that, and a daemon that dies earlier reads it again.
class HookSpool {
 public:
  struct Rules {
    std::set<UserId> accounts;  // files of others are deleted unread and counted
    std::uint32_t passes_kept = 300;
    std::size_t most_bytes_per_pass = 1 << 20;
  };
  // A line without its line feed, to be written into; `again` when an earlier run of the daemon had claimed it.
  using Take = std::function<void(std::span<char> line, bool again)>;

  HookSpool(std::string directory, Rules rules);
  // Makes both folders and finds what was claimed earlier. Throws Failure.
  void prepare();
  // One pass, in the order in which they were claimed. True when there is more to read than one pass may. Throws
  // Failure when a folder cannot be read.
  bool read(const Take& take);
  std::uint64_t forged() const { return forged_; }

 private:
  struct Claimed {
    std::uint64_t offset = 0;
    std::uint32_t passes = 0;  // since its last line
    bool again = false;
  };
  void claim();
  void discard(const std::string& path, bool is_folder);
  // Returns how many bytes it read, line ends included.
  std::size_t read_file(const std::string& path, Claimed& file, const Take& take);
  void forget(const std::string& path, const Claimed& file, const Take& take);

  std::string spool_;
  std::string claimed_folder_;
  Rules rules_;
  std::map<std::uint64_t, Claimed> claimed_;  // by file name
  std::uint64_t next_number_ = 1;
  std::uint64_t forged_ = 0;
};

}  // namespace davylamp::openvpn
