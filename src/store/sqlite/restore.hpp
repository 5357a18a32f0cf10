// Puts a copy in the place of a database.
#pragma once

#include <string>

#include "base/time.hpp"

namespace davylamp::sqlite {

// What restore() did. `kept_at` is where the database that was replaced is now; empty when there was none.
struct Restored {
  int schema_number = 0;
  std::string kept_at;
};

// Copies `backup` to the database `path` once it is known to be whole, ours, and not of a newer version; an older one
// is brought up to date by the next start of the daemon. The database that was there becomes PATH.before-restore-TIME.
// At every moment there is a whole database at `path`. Throws base::Failure and changes nothing: "in_use" while a
// daemon runs on `path`, "store_corrupt", "foreign_database", "newer_database", or what the file system says.
Restored restore(const std::string& backup, const std::string& path, base::Time at);

}  // namespace davylamp::sqlite
