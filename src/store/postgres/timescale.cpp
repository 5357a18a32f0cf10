#include "store/postgres/timescale.hpp"

#include <initializer_list>
#include <optional>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/postgres/divided_tables.hpp"
#include "store/postgres/partitions.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

std::optional<std::string> single_text(Connection& connection, const std::string& sql) {
  sql::Statement row(connection, sql);
  if (!row.step() || row.is_null(0)) return std::nullopt;
  return row.text(0);
}

std::optional<std::string> installed_version(Connection& connection) {
  return single_text(connection, "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'");
}

bool is_licensed(Connection& connection) {
  return single_text(connection, "SELECT current_setting('timescaledb.license', true)") == "timescale";
}

// What the statement failed with; nothing when it worked.
std::optional<std::string> attempt(Connection& connection, const std::string& sql) {
  try {
    connection.run(sql);
  } catch (const base::Failure& failure) {
    return failure.error().message;
  }
  return std::nullopt;
}

// Daemons that start at once do it one after the other: else one of them would fail, and do without it.
std::optional<std::string> put_into_database(Connection& connection) {
  try {
    sql::Transaction transaction(connection, sql::Unit::batch);
    connection.lock(SharedLock::migrations);
    connection.run("CREATE EXTENSION IF NOT EXISTS timescaledb");
    transaction.commit();
  } catch (const base::Failure& failure) {
    return failure.error().message;
  }
  return std::nullopt;
}

bool has_quarter_hours(Connection& connection) {
  return single_text(connection, "SELECT 't' WHERE to_regclass('load_quarter_hour') IS NOT NULL").has_value();
}

void try_all(Connection& connection, std::initializer_list<std::string> statements,
             std::vector<std::string>& refusals) {
  for (const auto& sql : statements) {
    if (auto refusal = attempt(connection, sql)) refusals.push_back(std::move(*refusal));
  }
}

void compress(Connection& connection, const std::string& table, const std::string& segment,
              std::vector<std::string>& refusals) {
  const auto compresses =
      "SELECT 't' FROM timescaledb_information.hypertables WHERE hypertable_schema = "
      "current_schema() AND compression_enabled AND hypertable_name = '" +
      table + "'";
  if (!single_text(connection, compresses)) {
    try_all(connection,
            {"ALTER TABLE " + table + " SET (timescaledb.compress, timescaledb.compress_segmentby = '" + segment +
             "', timescaledb.compress_orderby = 'at')"},
            refusals);
  }
  try_all(connection, {"SELECT add_compression_policy('" + table + "', CAST(172800 AS BIGINT), if_not_exists => true)"},
          refusals);
}

void compress_minutes(Connection& connection, std::vector<std::string>& refusals) {
  compress(connection, "traffic_minute", "session_id", refusals);
  compress(connection, "load_minute", "server", refusals);
}

// What is there already is summed at once; the extension sums what changes within two days. Older minutes may be
// forgotten by then, and their sums would go with them.
void add_quarter_hours(Connection& connection, std::vector<std::string>& refusals) {
  if (!has_quarter_hours(connection)) {
    try_all(connection,
            {"CREATE MATERIALIZED VIEW load_quarter_hour WITH (timescaledb.continuous) AS SELECT "
             "time_bucket(CAST(900 AS BIGINT), at) AS at, server, sum(rx_bytes) AS rx_bytes, sum(tx_bytes) AS "
             "tx_bytes, max(sessions) AS sessions FROM load_minute GROUP BY 1, 2 WITH NO DATA",
             "CALL refresh_continuous_aggregate('load_quarter_hour', NULL, NULL)"},
            refusals);
  }
  try_all(connection,
          {"SELECT add_continuous_aggregate_policy('load_quarter_hour', start_offset => CAST(172800 AS BIGINT), "
           "end_offset => CAST(900 AS BIGINT), schedule_interval => INTERVAL '15 minutes', if_not_exists => true)"},
          refusals);
}

// Rows of chunks that are over.
std::uint64_t rows_before(Connection& connection, const std::string& table, base::Time end) {
  sql::Statement chunks(connection, "SELECT CAST(chunk AS TEXT) FROM show_chunks('" + table +
                                        "', older_than => CAST(?1 AS BIGINT)) AS chunk");
  chunks.bind_all(end);
  std::uint64_t rows = 0;
  while (chunks.step()) rows += rows_of_part(connection, chunks.text(0));
  return rows;
}

// The primary keys have the time first, which is all that it asks for.
void make_hypertable(Connection& connection, const DividedTable& table) {
  const auto name = "'" + std::string(table.name) + "'";
  connection.run("SELECT create_hypertable(" + name + ", '" + std::string(table.column) +
                 "', chunk_time_interval => CAST(" + std::to_string(table.part_seconds) +
                 " AS BIGINT), create_default_indexes => false);"
                 "SELECT set_integer_now_func(" +
                 name + ", 'unix_now');");
}

}  // namespace

Timescale find_timescale(Connection& connection, Install install) {
  Timescale found;
  if (!installed_version(connection)) {
    if (!single_text(connection, "SELECT name FROM pg_available_extensions WHERE name = 'timescaledb'")) {
      found.said = "TimescaleDB is not on this server; tables are divided by time natively.";
      return found;
    }
    if (install == Install::no) {
      found.said = "TimescaleDB is on this server and not in this database; tables are divided by time natively.";
      return found;
    }
    if (const auto refused = put_into_database(connection)) {
      found.said = "TimescaleDB is on this server and not used; tables are divided by time natively: " + *refused;
      return found;
    }
  }
  found.usable = true;
  found.version = installed_version(connection).value_or("");
  found.licensed = is_licensed(connection);
  found.said = "TimescaleDB " + found.version +
               (found.licensed ? " divides tables by time and compresses what is older than two days."
                               : " (Apache edition, which does not compress) divides tables by time.");
  return found;
}

bool has_hypertables(Connection& connection) {
  if (!installed_version(connection)) return false;
  return single_text(connection,
                     "SELECT hypertable_name FROM timescaledb_information.hypertables WHERE hypertable_schema = "
                     "current_schema() AND hypertable_name = 'traffic_minute'")
      .has_value();
}

void make_hypertables(Connection& connection) {
  connection.run(
      "CREATE FUNCTION unix_now() RETURNS BIGINT LANGUAGE sql STABLE AS 'SELECT CAST(extract(epoch FROM now()) AS "
      "BIGINT)'");
  for (const auto& table : divided_tables) make_hypertable(connection, table);
}

std::string tune_hypertables(Connection& connection) {
  if (!is_licensed(connection)) return "TimescaleDB is the Apache edition: it does not compress.";
  std::vector<std::string> refusals;
  compress_minutes(connection, refusals);
  add_quarter_hours(connection, refusals);
  if (refusals.empty()) return "TimescaleDB compresses what is older than two days.";
  return "TimescaleDB refused " + std::to_string(refusals.size()) + " settings, the first: " + refusals.front();
}

bool has_compressed_chunks(Connection& connection) {
  return single_text(connection,
                     "SELECT 't' FROM timescaledb_information.chunks WHERE hypertable_schema = current_schema() AND "
                     "hypertable_name IN ('traffic_minute', 'load_minute') AND is_compressed LIMIT 1")
      .has_value();
}

std::uint64_t drop_chunks(Connection& connection, base::Time now, const contract::Retention& retention) {
  std::uint64_t dropped = 0;
  const auto drop = [&](const std::string& table, base::Seconds kept) {
    if (kept.count() == 0) return;
    const auto rows = rows_before(connection, table, now - kept);
    sql::Transaction transaction(connection, sql::Unit::batch);
    connection.run(std::string(short_wait));
    sql::Statement chunks(connection, "SELECT drop_chunks('" + table + "', older_than => CAST(?1 AS BIGINT))");
    chunks.bind_all(now - kept);
    if (chunks.step()) dropped += rows;
    chunks.reset();
    transaction.commit();
  };
  for (const auto& table : divided_tables) drop(std::string(table.name), retention.*table.kept);
  if (has_quarter_hours(connection)) drop("load_quarter_hour", retention.hours);
  return dropped;
}

}  // namespace davylamp::postgres
