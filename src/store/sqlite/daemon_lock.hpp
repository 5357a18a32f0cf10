// Who runs on a database: one daemon at most, and nobody puts another file in its place meanwhile.
#pragma once

#include <string>

#include "store/sqlite/file.hpp"

namespace davylamp::sqlite {

// Held as long as the object lives, and let go by the kernel when the process dies. The lock is on PATH.lock, which
// stays behind; it holds the number of the process that has, or had, the lock. Throws base::Failure "in_use" when
// another process (or object) has it.
class DaemonLock {
 public:
  explicit DaemonLock(const std::string& database_path);

 private:
  File file_;
};

}  // namespace davylamp::sqlite
