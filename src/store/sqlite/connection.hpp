// One SQLite connection. Used by one thread at a time; never shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace davylamp::sqlite {

// look: reads and leaves no trace, not even a file beside the database, also while others write. alone: a file that
// nobody else knows yet, without a log beside it and without any care for a crash.
enum class Access { read, write, look, alone };

// Opens with WAL, synchronous=NORMAL, foreign keys on, and waits up to 5 s for another writer. Every failure is a
// base::Failure that names the file and says what to do.
class Connection {
 public:
  static constexpr int patience_milliseconds = 5'000;

  // Makes the file, readable by its owner only, when it is absent and `access` is write.
  Connection(std::string path, Access access);

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_.get(); }
  // Runs statements that give no rows back.
  void run(const std::string& sql);
  std::int64_t changes() const;
  std::int64_t last_row() const;
  // How long to wait for another writer, from now on.
  void wait_for_others(int milliseconds);
  // Returns memory that the engine holds and does not need.
  void release_memory();
  [[noreturn]] void fail(std::string_view doing) const;

  // Numbers that were too great to keep and became 2^63-1, since opening.
  std::uint64_t clamped_values() const { return clamped_values_; }
  void count_clamped_value() { ++clamped_values_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  void open(const std::string& name, int flags);
  void use_write_ahead_log();

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
  std::uint64_t clamped_values_ = 0;
};

// Everything until commit() happens, or, when it is not called, nothing.
class Transaction {
 public:
  // A write transaction takes the write lock at once, so that it cannot fail half-way for want of it.
  Transaction(Connection& connection, Access access);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace davylamp::sqlite
