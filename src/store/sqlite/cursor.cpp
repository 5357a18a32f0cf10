#include "store/sqlite/cursor.hpp"

#include <sqlite3.h>

#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {

void Cursor::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Cursor::Cursor(Connection& connection, std::string_view sql) : connection_(connection) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  check(result);
}

void Cursor::check(int result) const {
  if (result != SQLITE_OK) connection_.fail("cannot work with the database");
}

void Cursor::bind_null(int index) {
  check(sqlite3_bind_null(statement_.get(), index));
}
void Cursor::bind_integer(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), index, value));
}
void Cursor::bind_real(int index, double value) {
  check(sqlite3_bind_double(statement_.get(), index, value));
}

// A null pointer would bind NULL; an empty text is not that.
void Cursor::bind_text(int index, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
}
void Cursor::bind_text_copy(int index, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(),
                            SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Cursor::bind_blob(int index, std::string_view bytes) {
  check(sqlite3_bind_blob64(statement_.get(), index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                            SQLITE_STATIC));
}

bool Cursor::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  sqlite3_reset(statement_.get());
  connection_.fail("cannot work with the database");
}

void Cursor::reset() {
  sqlite3_reset(statement_.get());
}

std::int64_t Cursor::run() {
  while (step()) {
  }
  reset();
  return connection_.changes();
}

bool Cursor::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::int64_t Cursor::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double Cursor::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
std::string_view Cursor::text_view(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
std::string Cursor::column_name(int column) const {
  return sqlite3_column_name(statement_.get(), column);
}

}  // namespace davylamp::sqlite
