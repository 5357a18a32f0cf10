// The folder that davylamp-hook and the daemon share.
#pragma once

#include <sys/types.h>

#include <string>

namespace davylamp::openvpn {

// Makes `path` when it is missing. A folder that is there keeps its owner; its mode is set when it is ours. Throws
// Failure when it cannot be made, or is something else.
void make_hook_folder(const std::string& path, mode_t mode);

// The folder itself, with all above it. One that is there is left as it is: whoever made it decides who may enter.
void make_hook_directory(const std::string& path);

// Held as long as the object lives: two daemons must not share a folder. Throws Failure when another has it.
class HookLock {
 public:
  explicit HookLock(const std::string& directory);
  ~HookLock();
  HookLock(const HookLock&) = delete;
  HookLock& operator=(const HookLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace davylamp::openvpn
