// One SQLite connection. Used by one thread at a time; never shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/sql/engine.hpp"
#include "store/sql/statement.hpp"

struct sqlite3;

namespace davylamp::sqlite {

using sql::Statement;
using sql::Transaction;
using sql::Unit;

// look: reads and leaves no trace, not even a file beside the database, also while others write. alone: a file that
// nobody else knows yet, without a log beside it and without any care for a crash.
enum class Access { read, write, look, alone };

// Opens with WAL, synchronous=NORMAL, foreign keys on, and waits up to 5 s for another writer. Every failure is a
// base::Failure that names the file and says what to do.
class Connection final : public sql::Connection {
 public:
  static constexpr int patience_milliseconds = 5'000;

  // Makes the file, readable by its owner only, when it is absent and `access` is write.
  Connection(std::string path, Access access);

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_.get(); }
  void run(const std::string& sql) override;
  std::unique_ptr<sql::Cursor> prepare(std::string_view sql) override;
  const std::string& name() const override { return path_; }
  const sql::Dialect& dialect() const override;
  // A write transaction takes the write lock at once, so that it cannot fail half-way for want of it.
  void begin(Unit unit) override;
  void commit() override;
  void roll_back() noexcept override;
  void delete_thoroughly(bool on) override;
  std::int64_t changes() const;
  // How long to wait for another writer, from now on.
  void wait_for_others(int milliseconds);
  // Returns memory that the engine holds and does not need.
  void release_memory();
  [[noreturn]] void fail(std::string_view doing) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  void open(const std::string& name, int flags);
  void use_write_ahead_log();

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace davylamp::sqlite
