#include "store/postgres/partitions.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/divided_tables.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

std::int64_t now_seconds(Connection& connection) {
  sql::Statement row(connection, "SELECT CAST(floor(extract(epoch FROM now())) AS BIGINT)");
  row.step();
  return row.integer(0);
}

bool is_divided(Connection& connection, const std::string& table) {
  sql::Statement row(connection, "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(?1)");
  row.bind_all(table);
  return row.step() && row.integer(0) != 0;
}

struct Part {
  std::string name;
  std::int64_t from = 0;
  std::int64_t to = 0;
};

// The number after `word (`, as pg_get_expr writes it: FROM ('1795219200') TO ('1795305600').
std::int64_t bound_after(std::string_view expression, std::string_view word) {
  const auto at = expression.find(word);
  if (at == std::string_view::npos) return 0;
  expression.remove_prefix(at + word.size());
  const auto quoted = expression.substr(0, expression.find(')'));
  return base::parse_number<std::int64_t>(base::trim(quoted.substr(quoted.find('\'') + 1, quoted.rfind('\'') - 1)))
      .value_or(0);
}

std::vector<Part> parts_of(Connection& connection, const std::string& table) {
  sql::Statement rows(connection,
                      "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits AS i JOIN pg_class AS c "
                      "ON c.oid = i.inhrelid WHERE i.inhparent = to_regclass(?1) ORDER BY c.relname");
  rows.bind_all(table);
  std::vector<Part> parts;
  while (rows.step()) {
    const auto expression = rows.text(1);
    if (expression == "DEFAULT") continue;
    parts.push_back(
        {.name = rows.text(0), .from = bound_after(expression, "FROM ("), .to = bound_after(expression, "TO (")});
  }
  return parts;
}

std::string part_name(Connection& connection, const std::string& table, std::int64_t from) {
  sql::Statement row(connection, "SELECT to_char(to_timestamp(CAST(?1 AS BIGINT)) AT TIME ZONE 'UTC', 'YYYYMMDD')");
  row.bind_all(from);
  row.step();
  return table + "_" + row.text(0);
}

// Whoever writes meanwhile waits; the rest is all but empty, so that it is over at once.
bool make_part(Connection& connection, const DividedTable& table, const Part& part) {
  const auto name = std::string(table.name);
  const auto column = std::string(table.column);
  const auto from = std::to_string(part.from);
  const auto to = std::to_string(part.to);
  sql::Transaction transaction(connection, sql::Unit::batch);
  connection.run(std::string(short_wait));
  connection.lock(SharedLock::partitions);
  sql::Statement present(connection, "SELECT to_regclass(?1) IS NOT NULL");
  present.bind_all(part.name);
  present.step();
  if (present.integer(0) != 0) return false;
  connection.run("CREATE TABLE " + part.name + " (LIKE " + name +
                 " INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES) WITH (fillfactor = 70);"
                 "LOCK TABLE " +
                 name +
                 "_rest IN ACCESS EXCLUSIVE MODE;"
                 "WITH moved AS (DELETE FROM " +
                 name + "_rest WHERE " + column + " >= " + from + " AND " + column + " < " + to +
                 " RETURNING *) INSERT INTO " + part.name +
                 " SELECT * FROM moved;"
                 "ALTER TABLE " +
                 name + " ATTACH PARTITION " + part.name + " FOR VALUES FROM (" + from + ") TO (" + to + ");");
  transaction.commit();
  return true;
}

}  // namespace

std::uint64_t rows_of_part(Connection& connection, const std::string& part) {
  sql::Statement estimate(connection, "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = to_regclass(?1)");
  estimate.bind_all(part);
  if (estimate.step() && estimate.integer(0) > 0) return estimate.get<std::uint64_t>(0);
  sql::Statement count(connection, "SELECT count(*) FROM " + part);
  count.step();
  return count.get<std::uint64_t>(0);
}

int make_parts(Connection& connection, std::int64_t oldest) {
  const auto now = now_seconds(connection);
  int made = 0;
  for (const auto& table : divided_tables) {
    const auto name = std::string(table.name);
    if (!is_divided(connection, name)) continue;
    const auto present = parts_of(connection, name);
    const auto kept = (contract::Retention().*table.kept).count();
    const auto first = oldest == 0 ? now : std::min(now, std::max(oldest, now - kept));
    const auto last = now + table.parts_ahead * table.part_seconds;
    for (auto from = first / table.part_seconds * table.part_seconds; from <= last; from += table.part_seconds) {
      const auto covers = [&](const Part& part) { return part.from <= from && from < part.to; };
      if (std::ranges::any_of(present, covers)) continue;
      const Part part{.name = part_name(connection, name, from), .from = from, .to = from + table.part_seconds};
      if (make_part(connection, table, part)) ++made;
    }
  }
  return made;
}

std::uint64_t drop_parts(Connection& connection, base::Time now, const contract::Retention& retention) {
  std::uint64_t removed = 0;
  for (const auto& table : divided_tables) {
    const auto kept = retention.*table.kept;
    if (kept.count() == 0) continue;
    const auto before = base::to_unix_seconds(now - kept);
    for (const auto& part : parts_of(connection, std::string(table.name))) {
      if (part.to > before) continue;
      removed += rows_of_part(connection, part.name);
      sql::Transaction transaction(connection, sql::Unit::batch);
      connection.run(std::string(short_wait) + "DROP TABLE " + part.name);
      transaction.commit();
    }
  }
  return removed;
}

std::uint64_t rows_without_part(Connection& connection) {
  std::uint64_t rows = 0;
  for (const auto& table : divided_tables) {
    const auto name = std::string(table.name);
    if (!is_divided(connection, name)) continue;
    sql::Statement count(connection, "SELECT count(*) FROM (SELECT 1 FROM " + name + "_rest LIMIT 1000000) AS rest");
    count.step();
    rows += count.get<std::uint64_t>(0);
  }
  return rows;
}

}  // namespace davylamp::postgres
