#include "store/postgres/connection.hpp"

#include "store/postgres/cursor.hpp"
#include "store/postgres/rows_cursor.hpp"

namespace davylamp::postgres {
namespace {

// "davy", so that locks of other programs in the same database are others.
constexpr std::int32_t lock_space = 0x64617679;

// TimescaleDB, where it is, refuses what changes many rows that it compressed: a batch must be written whatever it
// costs.
constexpr std::string_view no_limit_of_compressed_rows =
    "SELECT set_config('timescaledb.max_tuples_decompressed_per_dml_transaction', '0', false) WHERE "
    "current_setting('timescaledb.max_tuples_decompressed_per_dml_transaction', true) IS NOT NULL;";

std::string setup_sql(Connection::Patience patience) {
  const auto seconds = [](const std::string& name, int value) {
    return "SET " + name + " = '" + std::to_string(value) + "s';";
  };
  return "SET standard_conforming_strings = on; SET timezone = 'UTC'; SET synchronous_commit = on; SET jit = off;" +
         seconds("statement_timeout", patience.statement_seconds) + seconds("lock_timeout", patience.lock_seconds) +
         std::string(no_limit_of_compressed_rows);
}

}  // namespace

Connection::Connection(const Config& config, Patience patience)
    : link_(to_target(config), setup_sql(patience)),
      begin_changing_("SET LOCAL idle_in_transaction_session_timeout = " +
                      std::to_string(patience.still_milliseconds)) {}

const sql::Dialect& Connection::dialect() const {
  static constexpr sql::Dialect dialect{.secrets_table = "secrets",
                                        .bulk_rows = 64,
                                        .repeats_keys = false,
                                        .takes_lists = true,
                                        .session_key = "id, state",
                                        .latest_begin = "(array_agg(",
                                        .latest_end = " ORDER BY last_at DESC))[1]"};
  return dialect;
}

std::unique_ptr<sql::Cursor> Connection::prepare(std::string_view sql) {
  return std::make_unique<Cursor>(*this, sql);
}

std::unique_ptr<sql::Cursor> Connection::prepare_rows(std::string_view sql) {
  return std::make_unique<RowsCursor>(*this, sql);
}

Link& Connection::link() {
  if (!in_unit_) link_.revive();
  return link_;
}

void Connection::run(const std::string& sql) {
  link().run(sql);
}

void Connection::begin(sql::Unit unit) {
  link_.revive();
  link_.settle();
  link_.post(unit == sql::Unit::read ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN");
  in_unit_ = true;
  if (unit != sql::Unit::read) link_.post(begin_changing_);
  if (unit != sql::Unit::write) return;
  try {
    lock(SharedLock::operators);
  } catch (...) {
    roll_back();
    throw;
  }
}

// The server would take the COMMIT of a transaction that failed, and roll back.
void Connection::commit() {
  if (link_.has_failed()) throw base::Failure("store_failed", "a transaction that failed cannot be committed");
  link_.post("COMMIT");
  link_.settle();
  in_unit_ = false;
}

// What was posted and not yet sent may fail; that is what rolling back is for.
void Connection::roll_back() noexcept {
  in_unit_ = false;
  try {
    link_.settle();
  } catch (const base::Failure&) {  // NOLINT(bugprone-empty-catch): said already, or nobody's concern any more
  }
  try {
    if (link_.in_transaction()) link_.run("ROLLBACK");
  } catch (const base::Failure&) {  // NOLINT(bugprone-empty-catch): the session is over, and with it the transaction
  }
}

void Connection::lock(SharedLock which) {
  link_.post("SELECT pg_advisory_xact_lock(" + std::to_string(lock_space) + ", " +
             std::to_string(static_cast<int>(which)) + ")");
}

// Who takes the shard over must change this row, and waits until the transaction ends. A batch finds its rows by their
// keys, also in a table that was empty when the server last counted it.
void Connection::check_tenure(const model::Tenure& tenure) {
  link_.post("SET LOCAL enable_seqscan = off");
  const auto row = prepare("SELECT epoch FROM shards WHERE index = ?1 FOR UPDATE");
  row->bind_integer(1, tenure.shard.index);
  const auto epoch = row->step() ? static_cast<std::uint64_t>(row->integer(0)) : 0;
  if (epoch == tenure.epoch) return;
  throw base::Failure("lease_lost", "shard " + std::to_string(tenure.shard.index) + " of the database " + name() +
                                        " belongs to another worker by now (tenure " + std::to_string(epoch) +
                                        ", not " + std::to_string(tenure.epoch) + "): nothing was written");
}

}  // namespace davylamp::postgres
