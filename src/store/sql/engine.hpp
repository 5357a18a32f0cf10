// What the queries and writers of this folder need of a database: the seam between the SQL text, which is written once,
// and the engines (store/sqlite, store/postgres) that run it.
//
// The text is what SQLite 3.40 and PostgreSQL 15 both take:
// - parameters are ?1, ?2 ... or ? (each the next number, also after a numbered one), which an engine turns into what
//   it knows; the same number may come twice. A parameter whose type does not follow from its place is cast: CAST(?1 AS
//   BIGINT);
// - "INDEXED BY name" may stand after a table and may be left out by an engine;
// - the column named user is always written "user"; columns that an upsert changes are written table.column;
// - an engine gives these functions where its language has none: iif(bool, a, b), min(a, b) and max(a, b) of two
// numbers,
//   contains_text(part, text...), address_key(text) -> bytes, quote(value) -> text;
// - booleans are integers, times and counters 64-bit integers, structs and lists text in JSON;
// - text compares and sorts by its bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/shard.hpp"

namespace davylamp::sql {

// Where two engines cannot take the same text.
struct Dialect {
  // The table (name TEXT PRIMARY KEY, value: bytes) that holds what only daemons may know.
  std::string_view secrets_table = "meta";
  // Rows of one INSERT that writes many.
  std::size_t bulk_rows = 32;
  // Such an INSERT may meet the same key twice, each row seeing those before it.
  bool repeats_keys = true;
  // Many rows go as lists, one for each column, see Connection::prepare_rows(); and as waiting for an answer costs more
  // than a statement, what is stored of rows is asked of all at once.
  bool takes_lists = false;
  // The key of sessions; it says `state` where open and closed ones are kept apart.
  std::string_view session_key = "id";
  // Around a column that is not grouped: its value in the row of the group whose last_at is the greatest.
  std::string_view latest_begin = "";
  std::string_view latest_end = "";
};

// read: everything is seen as of one moment, and nothing is written. write: nobody else changes what operators lay down
// meanwhile. batch: a writer of one shard, or of the whole; writers of other shards may write at the same time.
enum class Unit { read, write, batch };

// One prepared statement. Parameters count from 1, columns from 0. Bound text and bytes must live until the next
// reset(), run() or post(), unless they are copied. Every failure is a base::Failure.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual void bind_null(int index) = 0;
  virtual void bind_integer(int index, std::int64_t value) = 0;
  virtual void bind_real(int index, double value) = 0;
  virtual void bind_text(int index, std::string_view text) = 0;
  virtual void bind_text_copy(int index, std::string_view text) = 0;
  virtual void bind_blob(int index, std::string_view bytes) = 0;

  // True while there is a row to read. The first step runs the statement.
  virtual bool step() = 0;
  // Ready to run again. Values stay bound.
  virtual void reset() = 0;
  // Runs to the end and resets; returns how many rows were changed.
  virtual std::int64_t run() = 0;
  // As run(), for a statement whose count nobody wants. An engine may send it later, in order: a failure then shows at
  // the next step(), run() or commit of the transaction.
  virtual void post() { run(); }
  // Of prepare_rows(): what was bound since the last call is a row; what was not bound is NULL.
  virtual void end_row() {}

  // Of the row that step() reached. A number of NULL is 0, a text empty.
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  // Also of bytes. Until the next step(), reset(), run() or post().
  virtual std::string_view text_view(int column) const = 0;
  virtual std::string column_name(int column) const = 0;
};

// One connection, used by one thread at a time. Cursors must not outlive it.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual std::unique_ptr<Cursor> prepare(std::string_view sql) = 0;
  // For a dialect that takes lists: each parameter is a list (CAST(?1 AS BIGINT[]), TEXT[] or DOUBLE PRECISION[]) of as
  // many values as rows were ended since the last run() or post(); a step() ends when the rows have been read.
  virtual std::unique_ptr<Cursor> prepare_rows(std::string_view sql) { return prepare(sql); }
  // Runs statements without values that give no rows back.
  virtual void run(const std::string& sql) = 0;
  // Which database this is, for people: its path, or its URL without the password.
  virtual const std::string& name() const = 0;
  virtual const Dialect& dialect() const = 0;

  // For Transaction.
  virtual void begin(Unit unit) = 0;
  virtual void commit() = 0;
  virtual void roll_back() noexcept = 0;

  // Within a transaction of kind batch, before anything is written: from here to its end nobody else gets this shard.
  // Throws base::Failure "lease_lost" when another has it by now. Nothing to do for an engine that has no leases.
  virtual void check_tenure(const model::Tenure& /*tenure*/) {}

  // While on, what is deleted is overwritten as well, where it could be read otherwise.
  virtual void delete_thoroughly(bool /*on*/) {}

  // Numbers that were too great to keep and became 2^63-1, since opening.
  std::uint64_t clamped_values() const { return clamped_values_; }
  void count_clamped_value() { ++clamped_values_; }

 private:
  std::uint64_t clamped_values_ = 0;
};

// Everything until commit() happens, or, when it is not called, nothing.
class Transaction {
 public:
  Transaction(Connection& connection, Unit unit) : connection_(connection) { connection_.begin(unit); }
  ~Transaction() {
    if (open_) connection_.roll_back();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() {
    connection_.commit();
    open_ = false;
  }

 private:
  Connection& connection_;
  bool open_ = true;
};

// What is done to a store as a whole, in the engine's own way. As the functions of contract::StoreWriter.
class Upkeep {
 public:
  virtual ~Upkeep() = default;
  virtual std::string optimize() = 0;
  virtual std::string checkpoint() = 0;
  virtual std::string vacuum() = 0;
  virtual std::string backup(const std::string& path) = 0;
};

}  // namespace davylamp::sql
