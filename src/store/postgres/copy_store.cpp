#include "store/postgres/copy_store.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/postgres/partitions.hpp"
#include "store/postgres/store.hpp"
#include "store/postgres/text_form.hpp"
#include "store/postgres/timescale.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::postgres {
namespace {

__extension__ using Sum = __int128;  // of any number of 64-bit integers

enum class ColumnType { integer, real, text };
struct Column {
  std::string name;
  ColumnType type = ColumnType::text;
};
struct Table {
  std::string name;
  std::vector<Column> columns;
};

// To these others refer. Everything else comes in order of name.
constexpr std::string_view first_tables[] = {"sources", "accounts", "agent_settings", "groups", "limits"};
// Filled in other ways, or of the database alone.
constexpr std::string_view other_tables[] = {"meta",         "secrets", "schema_migrations", "shards",
                                             "shard_leases", "workers", "journal",           "heartbeats"};

std::string to_text(Sum sum) {
  if (sum < 0) return "-" + to_text(-sum);
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(sum % 10)));
    sum /= 10;
  } while (sum > 0);
  return digits;
}

std::vector<Column> columns_of(Connection& connection, const std::string& table) {
  sql::Statement rows(connection,
                      "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = to_regclass(?1) "
                      "AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
  rows.bind_all(table);
  std::vector<Column> columns;
  while (rows.step()) {
    const auto type = rows.text(1);
    columns.push_back({.name = rows.text(0),
                       .type = type == "bigint"             ? ColumnType::integer
                               : type == "double precision" ? ColumnType::real
                                                            : ColumnType::text});
  }
  return columns;
}

// Not the parts of divided tables.
std::vector<Table> tables_of(Connection& connection) {
  std::vector<std::string> names(std::begin(first_tables), std::end(first_tables));
  sql::Statement rows(connection,
                      "SELECT relname FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname "
                      "= current_schema()) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname");
  while (rows.step()) {
    const auto name = rows.text(0);
    const bool known = std::ranges::find(names, name) != names.end();
    if (!known && std::ranges::find(other_tables, name) == std::end(other_tables)) names.push_back(name);
  }
  std::vector<Table> tables;
  tables.reserve(names.size());
  for (const auto& name : names) tables.push_back({.name = name, .columns = columns_of(connection, name)});
  return tables;
}

void refuse_what_is_not_empty(Connection& connection, const std::vector<Table>& tables) {
  for (const auto& table : tables) {
    sql::Statement any(connection, "SELECT 1 FROM " + table.name + " LIMIT 1");
    if (!any.step()) continue;
    throw base::Failure("not_empty", "the database " + connection.name() + " has rows in " + table.name +
                                         " already: nothing was copied; make an empty one for it");
  }
}

// In the text format of COPY.
void append_escaped(std::string& line, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\t':
        line += "\\t";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      default:
        line += c;
    }
  }
}

// Copies one table, and counts what it reads.
class TableCopy {
 public:
  TableCopy(sql::Connection& source, Connection& target, const Table& table)
      : source_(source), target_(target), table_(table), sums_(table.columns.size()) {}

  std::uint64_t run() {
    target_.link().begin_copy_in("COPY " + table_.name + " (" + names() + ") FROM STDIN");
    sql::Statement rows(source_, "SELECT " + names() + " FROM " + table_.name);
    std::string buffer;
    constexpr std::size_t buffer_bytes = 1 << 20U;
    while (rows.step()) {
      append_row(buffer, rows);
      ++rows_;
      if (buffer.size() < buffer_bytes) continue;
      target_.link().put_copy(buffer);
      buffer.clear();
    }
    target_.link().put_copy(buffer);
    target_.link().end_copy_in();
    compare();
    return rows_;
  }

 private:
  std::string names() const {
    std::string list;
    for (const auto& column : table_.columns) list += (list.empty() ? "\"" : ", \"") + column.name + "\"";
    return list;
  }

  void append_row(std::string& buffer, const sql::Statement& row) {
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      if (i > 0) buffer += '\t';
      append_value(buffer, row, static_cast<int>(i));
    }
    buffer += '\n';
  }

  void append_value(std::string& buffer, const sql::Statement& row, int column) {
    auto& sum = sums_[static_cast<std::size_t>(column)];
    if (row.is_null(column)) {
      buffer += "\\N";
      return;
    }
    std::array<char, 40> digits{};
    switch (table_.columns[static_cast<std::size_t>(column)].type) {
      case ColumnType::integer: {
        const auto number = row.integer(column);
        sum += number;
        buffer.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
        break;
      }
      case ColumnType::real:
        sum += 1;
        buffer.append(digits.data(),
                      std::to_chars(digits.data(), digits.data() + digits.size(), row.get<double>(column)).ptr);
        break;
      case ColumnType::text: {
        const auto text = row.text_view(column);
        const auto changed = stored_text(text);
        const auto stored = changed ? std::string_view(*changed) : text;
        sum += static_cast<Sum>(stored.size());
        append_escaped(buffer, stored);
        break;
      }
    }
  }

  // Numbers are added up, of text the bytes, of fractions how many there are.
  void compare() {
    std::string sums;
    for (const auto& column : table_.columns) {
      const auto name = "\"" + column.name + "\"";
      sums += column.type == ColumnType::integer ? ", coalesce(sum(CAST(" + name + " AS NUMERIC)), 0)"
              : column.type == ColumnType::real  ? ", count(" + name + ")"
                                                 : ", coalesce(sum(octet_length(" + name + ")), 0)";
    }
    sql::Statement row(target_, "SELECT count(*)" + sums + " FROM " + table_.name);
    row.step();
    if (row.text(0) != std::to_string(rows_)) differs("rows", std::to_string(rows_), row.text(0));
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const auto stored = row.text(static_cast<int>(i) + 1);
      if (stored != to_text(sums_[i])) differs(table_.columns[i].name, to_text(sums_[i]), stored);
    }
  }

  [[noreturn]] void differs(const std::string& what, const std::string& read, const std::string& stored) const {
    throw base::Failure("copy_differs", "the table " + table_.name + " is not what was read (" + what + ": " + read +
                                            " read, " + stored + " stored): nothing was copied");
  }

  sql::Connection& source_;
  Connection& target_;
  const Table& table_;
  std::vector<Sum> sums_;
  std::uint64_t rows_ = 0;
};

// Of the one table in SQLite: numbers, and as blobs what belongs into `secrets` (signing key, ends of the audit chain).
void copy_meta(sql::Connection& source, Connection& target) {
  sql::Statement rows(source, "SELECT name, value, typeof(value) = 'integer' FROM meta");
  sql::Statement number(target,
                        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = "
                        "excluded.value");
  sql::Statement secret(target, "INSERT INTO secrets (name, value) VALUES (?1, ?2)");
  while (rows.step()) {
    const auto name = rows.text(0);
    if (rows.integer(2) == 0) {
      const auto text = rows.text(1);
      secret.bind(1, name);
      secret.bind_blob(2, text);
      secret.run();
    } else {
      number.bind_all(name, rows.integer(1));
      number.run();
    }
  }
}

// Ids go on after the greatest that was ever given.
void set_next_ids(sql::Connection& source, Connection& target) {
  sql::Statement identities(target,
                            "SELECT table_name FROM information_schema.columns WHERE table_schema = current_schema() "
                            "AND is_identity = 'YES'");
  std::vector<std::string> tables;
  while (identities.step()) tables.push_back(identities.text(0));
  for (const auto& table : tables) {
    sql::Statement given(source,
                         "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?1), 0), coalesce("
                         "(SELECT max(id) FROM " +
                             table + "), 0))");
    given.bind_all(table);
    given.step();
    const auto last = given.integer(0);
    if (last > 0)
      target.run("SELECT setval(pg_get_serial_sequence('" + table + "', 'id'), " + std::to_string(last) + ")");
  }
}

void copy_journal(sql::Connection& journal, Connection& target, const std::function<void(const CopiedTable&)>& told) {
  sql::Statement row(journal, "SELECT boot, (SELECT coalesce(max(number), 0) FROM heartbeats) FROM journal");
  if (!row.step()) return;
  sql::Statement boot(target, "INSERT INTO journal (boot, last) VALUES (?1, ?2)");
  boot.bind_all(row.integer(0), row.integer(1));
  boot.run();
  const Table heartbeats{.name = "heartbeats", .columns = columns_of(target, "heartbeats")};
  told({.name = heartbeats.name, .rows = TableCopy(journal, target, heartbeats).run()});
}

std::int64_t oldest_minute(sql::Connection& source) {
  sql::Statement row(source, "SELECT min(at) FROM traffic_hour");
  return row.step() ? row.integer(0) : 0;
}

}  // namespace

void copy_store(sql::Connection& source, sql::Connection* journal, const Config& target,
                const std::function<void(const CopiedTable&)>& told) {
  open(target);
  Connection connection(target, {.statement_seconds = 0, .lock_seconds = 20});
  const auto tables = tables_of(connection);
  refuse_what_is_not_empty(connection, tables);
  const sql::Transaction snapshot(source, sql::Unit::read);
  if (!has_hypertables(connection)) make_parts(connection, oldest_minute(source));
  sql::Transaction transaction(connection, sql::Unit::write);
  refuse_what_is_not_empty(connection, tables);
  for (const auto& table : tables) told({.name = table.name, .rows = TableCopy(source, connection, table).run()});
  copy_meta(source, connection);
  set_next_ids(source, connection);
  if (journal != nullptr) copy_journal(*journal, connection, told);
  transaction.commit();
  for (const auto& table : tables) connection.run("ANALYZE " + table.name);
}

}  // namespace davylamp::postgres
