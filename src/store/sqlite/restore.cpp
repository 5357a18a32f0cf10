#include "store/sqlite/restore.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "base/result.hpp"
#include "base/text.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/backup.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/daemon_lock.hpp"
#include "store/sqlite/file.hpp"
#include "store/sqlite/migrations.hpp"

namespace davylamp::sqlite {
namespace {

void check_integrity(Connection& copy, const std::string& backup) {
  Statement check(copy, "PRAGMA integrity_check(1)");
  const auto found = check.step() ? check.text(0) : std::string("no answer");
  if (found == "ok") return;
  throw base::Failure("store_corrupt", "the copy " + backup + " is damaged (" + base::printable(found.substr(0, 200)) +
                                           "): take another one");
}

// Looks at what was copied, so that what is checked is what is used.
int check_and_prepare(const std::string& candidate, const std::string& backup) {
  Connection copy(candidate, Access::alone);
  check_integrity(copy, backup);
  const int number = schema_number(copy, embedded_migrations());
  if (number == 0)
    throw base::Failure("foreign_database", "the file " + backup + " is empty: it is no copy of a Davylamp database");
  Statement mode(copy, "PRAGMA auto_vacuum");
  const bool gives_space_back = mode.step() && mode.integer(0) == 2;
  mode.reset();
  if (!gives_space_back) copy.run("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;");
  return number;
}

// Takes the log into the database, so that one file is all of it. A database that cannot be opened is kept as it is.
void settle(const std::string& path) {
  try {
    Connection(path, Access::write).run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (const base::Failure&) {
    return;
  }
}

// Hard links make it possible that `path` is never absent; where there are none it is, for a moment.
std::string set_aside(const std::string& path, base::Time at) {
  if (!exists(path)) return {};
  auto kept_at = path + ".before-restore-" + std::to_string(base::to_unix_seconds(at));
  if (exists(kept_at)) {
    throw base::Failure("exists",
                        "cannot keep the database as " + kept_at + ": there is such a file already; wait a second");
  }
  settle(path);
  for (const std::string suffix : {"-wal", "-shm"}) {
    if (exists(path + suffix)) rename_to_new(path + suffix, kept_at + suffix);
  }
  if (::link(path.c_str(), kept_at.c_str()) != 0) rename_to_new(path, kept_at);
  return kept_at;
}

}  // namespace

Restored restore(const std::string& backup, const std::string& path, base::Time at) {
  const DaemonLock lock(path);
  const auto candidate = path + ".restoring";
  {
    Connection source(backup, Access::look);
    copy_database(source, candidate);
  }
  Restored restored;
  try {
    restored.schema_number = check_and_prepare(candidate, backup);
    give_to_owner(candidate, path);
    make_durable(candidate);
    restored.kept_at = set_aside(path, at);
    if (std::rename(candidate.c_str(), path.c_str()) != 0)
      fail_on_file("put the copy in the place of", path, "see " + restored.kept_at + " for the database of before");
  } catch (...) {
    ::unlink(candidate.c_str());
    throw;
  }
  make_durable(path);
  return restored;
}

}  // namespace davylamp::sqlite
