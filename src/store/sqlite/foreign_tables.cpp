#include "store/sqlite/foreign_tables.hpp"

#include <sqlite3.h>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::sqlite {
namespace {

// A name as SQL text: quotes doubled.
std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

std::optional<std::string> value_at(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) return std::nullopt;
  const auto* text = sqlite3_column_text(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

}  // namespace

void ForeignDatabase::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

ForeignDatabase::ForeignDatabase(const std::string& path) : path_(path) {
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  database_.reset(database);
  if (result != SQLITE_OK) throw base::Failure("foreign_database", path + ": " + sqlite3_errstr(result));
  sqlite3_busy_timeout(database, 5000);
}

std::vector<std::string> ForeignDatabase::columns(const std::string& table) {
  std::vector<std::string> names;
  for (const auto& row : ask("PRAGMA table_info(" + quoted(table) + ")")) names.push_back(row.at(1).value_or(""));
  return names;
}

std::vector<ForeignRow> ForeignDatabase::rows(const std::string& table, const std::vector<std::string>& columns) {
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + quoted(column);
  return ask("SELECT " + list + " FROM " + quoted(table));
}

std::vector<ForeignRow> ForeignDatabase::ask(const std::string& sql) {
  sqlite3_stmt* prepared = nullptr;
  int result = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalize> statement(prepared);
  std::vector<ForeignRow> rows;
  while (result == SQLITE_OK && (result = sqlite3_step(prepared)) == SQLITE_ROW) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(prepared); ++i) row.push_back(value_at(prepared, i));
    result = SQLITE_OK;
  }
  if (result == SQLITE_DONE) return rows;
  throw base::Failure("foreign_database", path_ +
                                              ": cannot be read: " + base::printable(sqlite3_errmsg(database_.get())) +
                                              "; is it a SQLite database, and may this user read it?");
}

}  // namespace davylamp::sqlite
