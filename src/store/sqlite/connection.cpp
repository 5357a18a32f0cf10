#include "store/sqlite/connection.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/result.hpp"
#include "store/sqlite/cursor.hpp"
#include "store/sqlite/functions.hpp"

namespace davylamp::sqlite {
namespace {

struct Advice {
  int code;
  std::string_view name;
  std::string_view what_to_do;
};
constexpr Advice advices[] = {
    {SQLITE_BUSY, "store_busy", "another process holds the write lock for more than 5 s: end it, or try again"},
    {SQLITE_LOCKED, "store_busy", "another process holds the write lock for more than 5 s: end it, or try again"},
    {SQLITE_FULL, "store_full", "the disk is full: free some space"},
    {SQLITE_READONLY, "store_read_only",
     "the file or its directory cannot be written: check owner, mode and mount options"},
    {SQLITE_PERM, "store_read_only",
     "the file or its directory cannot be written: check owner, mode and mount options"},
    {SQLITE_CANTOPEN, "store_unreachable", "check that the directory exists and may be written by this user"},
    {SQLITE_IOERR, "store_unreachable", "the disk gave an error: look at the kernel log"},
    {SQLITE_CORRUPT, "store_corrupt", "the file is damaged: move it away with its -wal and -shm, or restore a copy"},
    {SQLITE_NOTADB, "store_corrupt", "the file is no SQLite database: move it away, or configure another path"},
};

// SQLite gives the -wal and -shm files the mode of the database. The file is never opened here: closing it would drop
// the locks that other connections of this process hold on it ("How To Corrupt An SQLite Database File", 2.2).
void make_private_file(const std::string& path) {
  if (::mknod(path.c_str(), S_IFREG | 0600, 0) == 0) return;
  if (errno == EEXIST && ::access(path.c_str(), R_OK | W_OK) == 0) return;
  const auto reason = std::string(std::strerror(errno));
  const auto directory = std::filesystem::path(path).parent_path().string();
  throw base::Failure("store_unreachable", "cannot open or make the database " + path + ": " + reason +
                                               "; make the directory " + (directory.empty() ? "." : directory) +
                                               " and let this user write to it, or configure another path");
}

// Path as the path of a URI.
std::string escaped(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || c == '.' || c == '_' || c == '-' || std::isalnum(byte) != 0) {
      escaped += c;
    } else {
      escaped += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return escaped;
}

// A log has an index beside it while someone uses the database, or when the machine or the daemon died; the index is
// then read without writing to it ("Write-Ahead Logging", read-only databases). Without a log the file is all there is.
std::string name_to_look_at(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) {
    const auto reason = std::string(std::strerror(errno));
    throw base::Failure("store_unreachable", "cannot read the database " + path + ": " + reason +
                                                 "; check the path, or run this as root or as the daemon's user");
  }
  struct stat log{};
  const bool has_log = ::stat((path + "-wal").c_str(), &log) == 0;
  const bool has_index = ::access((path + "-shm").c_str(), F_OK) == 0;
  if (has_log && !has_index && log.st_size > 0) {
    throw base::Failure("store_busy", "cannot read the database " + path + ": its log " + path +
                                          "-wal is not in it yet; start davylampd once, which puts it there");
  }
  return "file:" + escaped(path) + (has_log && has_index ? "?readonly_shm=1" : "?immutable=1");
}

}  // namespace

void Connection::Close::operator()(sqlite3* handle) const {
  sqlite3_close_v2(handle);
}

Connection::Connection(std::string path, Access access) : path_(std::move(path)) {
  // The engine's account of its own memory is a lock and two additions for each piece; nothing reads it.
  [[maybe_unused]] static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  if (access == Access::write) make_private_file(path_);
  if (access == Access::look) {
    open(name_to_look_at(path_), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    run("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cache_size = -2000;");
    return;
  }
  open(path_, SQLITE_OPEN_READWRITE);
  // Only a database without any table takes this.
  if (access != Access::read) run("PRAGMA auto_vacuum = INCREMENTAL;");
  if (access == Access::alone) {
    run("PRAGMA synchronous = OFF; PRAGMA trusted_schema = OFF;");
    return;
  }
  use_write_ahead_log();
  // checkpoint() moves the log into the file; by itself the engine does so only when the log has grown to 64 MB.
  run("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
      "PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 16000;");
  run(access == Access::read ? "PRAGMA query_only = ON; PRAGMA cache_size = -2000;" : "PRAGMA cache_size = -8000;");
}

void Connection::open(const std::string& name, int flags) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) fail("cannot open the database");
  sqlite3_extended_result_codes(handle, 1);
  wait_for_others(patience_milliseconds);
  add_functions(*this);
}

void Connection::wait_for_others(int milliseconds) {
  sqlite3_busy_timeout(handle(), milliseconds);
}

// When two connections turn a new file to WAL at the same time, SQLite refuses one without calling the busy handler.
void Connection::use_write_ahead_log() {
  constexpr int tries = 250;
  constexpr int wait_milliseconds = 20;
  for (int i = 0; i < tries; ++i) {
    const int result = sqlite3_exec(handle(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (result == SQLITE_OK) return;
    if ((result & 0xFF) != SQLITE_BUSY) break;
    sqlite3_sleep(wait_milliseconds);
  }
  fail("cannot open the database");
}

void Connection::run(const std::string& sql) {
  if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail("cannot write to the database");
}

std::unique_ptr<sql::Cursor> Connection::prepare(std::string_view sql) {
  return std::make_unique<Cursor>(*this, sql);
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle());
}
void Connection::release_memory() {
  sqlite3_db_release_memory(handle());
}

void Connection::fail(std::string_view doing) const {
  const int code = handle() == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle()) & 0xFF;
  const char* reason = handle() == nullptr ? "out of memory" : sqlite3_errmsg(handle());
  auto message = std::string(doing) + " " + path_ + ": " + reason;
  for (const auto& advice : advices) {
    if (advice.code == code)
      throw base::Failure(std::string(advice.name), message + "; " + std::string(advice.what_to_do));
  }
  throw base::Failure("store_failed", message + " (SQLite code " + std::to_string(code) + ")");
}

const sql::Dialect& Connection::dialect() const {
  static constexpr sql::Dialect dialect;
  return dialect;
}

void Connection::begin(Unit unit) {
  run(unit == Unit::read ? "BEGIN" : "BEGIN IMMEDIATE");
}
void Connection::commit() {
  run("COMMIT");
}
// A full disk may have ended the transaction already; then there is nothing to roll back.
void Connection::roll_back() noexcept {
  sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Connection::delete_thoroughly(bool on) {
  run(on ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = OFF");
}

}  // namespace davylamp::sqlite
