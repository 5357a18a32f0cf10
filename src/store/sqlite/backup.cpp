#include "store/sqlite/backup.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "base/result.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/file.hpp"

namespace davylamp::sqlite {
namespace {

constexpr int pages_per_step = 1'024;

void make_empty(const std::string& path) {
  ::unlink(path.c_str());
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) fail_on_file("make", path, "name a directory that may be written, with room for a copy");
}

struct Finish {
  void operator()(sqlite3_backup* copying) const { sqlite3_backup_finish(copying); }
};

// The snapshot is held from the first page to the last: otherwise each commit of another connection would make the copy
// begin anew.
void copy_pages(Connection& from, Connection& to) {
  Transaction snapshot(from, Unit::read);
  Statement first_page(from, "SELECT count(*) FROM sqlite_schema");
  first_page.step();
  first_page.reset();
  std::unique_ptr<sqlite3_backup, Finish> copying(sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
  if (!copying) to.fail("cannot write the copy");
  int result = SQLITE_OK;
  while (result == SQLITE_OK) result = sqlite3_backup_step(copying.get(), pages_per_step);
  copying.reset();  // tells the connection what went wrong
  if (result != SQLITE_DONE) to.fail("cannot write the copy");
}

}  // namespace

void copy_database(Connection& from, const std::string& to) {
  make_empty(to);
  try {
    Connection copy(to, Access::alone);
    copy_pages(from, copy);
    copy.run("PRAGMA journal_mode = DELETE");
  } catch (...) {
    ::unlink(to.c_str());
    throw;
  }
}

std::string backup(const std::string& from, const std::string& to) {
  if (exists(to)) {
    throw base::Failure("exists", "cannot copy the database to " + to +
                                      ": there is such a file already; name another one, or move it away");
  }
  const auto partial = to + ".partial";
  Connection source(from, Access::look);
  copy_database(source, partial);
  try {
    make_durable(partial);
    rename_to_new(partial, to);
    make_durable(to);
  } catch (...) {
    ::unlink(partial.c_str());
    throw;
  }
  struct stat status{};
  ::stat(to.c_str(), &status);
  return "Copied " + std::to_string(status.st_size / 1'000) + " kB to " + to + ".";
}

}  // namespace davylamp::sqlite
