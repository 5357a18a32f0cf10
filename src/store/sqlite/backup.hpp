// A copy of a database while others use it.
#pragma once

#include <string>

namespace davylamp::sqlite {

class Connection;

// Copies the database `from` to `to`, as it is at this moment, into a whole file that needs no other beside it (mode
// 0600). `to` appears only when it is complete and on the disk. Says how much it was. Needs to read `from`, no more:
// for the daemon and for the command line alike. Throws base::Failure: "exists", or what the file system says.
std::string backup(const std::string& from, const std::string& to);

// Copies into a file that this makes; nothing is left of it when that fails.
void copy_database(Connection& from, const std::string& to);

}  // namespace davylamp::sqlite
