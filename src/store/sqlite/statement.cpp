#include "store/sqlite/statement.hpp"

#include <sqlite3.h>

#include <array>
#include <charconv>

#include "base/result.hpp"
#include "base/text.hpp"
#include "store/sqlite/connection.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sqlite {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(Connection& connection, std::string_view sql) : connection_(connection) {
  sqlite3_stmt* statement = nullptr;
  const int result = sqlite3_prepare_v3(connection.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  statement_.reset(statement);
  check(result);
}

void Statement::check(int result) const {
  if (result != SQLITE_OK) connection_.fail("cannot work with the database");
}

void Statement::bind(int index, std::nullopt_t) {
  check(sqlite3_bind_null(statement_.get(), index));
}
void Statement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), index, value));
}
void Statement::bind(int index, double value) {
  check(sqlite3_bind_double(statement_.get(), index, value));
}
void Statement::bind(int index, base::Time time) {
  bind(index, base::to_unix_seconds(time));
}

void Statement::bind(int index, std::uint64_t value) {
  if (value > store::greatest_number) connection_.count_clamped_value();
  bind(index, static_cast<std::int64_t>(store::clamped(value)));
}

// A null pointer would bind NULL; an empty text is not that.
void Statement::bind(int index, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), index, text.data() == nullptr ? "" : text.data(), text.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_copy(int index, const std::string& text) {
  check(sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_blob(int index, std::string_view bytes) {
  check(sqlite3_bind_blob64(statement_.get(), index, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(),
                            SQLITE_STATIC));
}

// inet_ntop goes through printf; ten thousand new sessions have some thirty thousand addresses.
void Statement::bind(int index, const model::Address& address) {
  std::array<char, 16> text{};
  std::size_t size = 0;
  if (!address.is_v4()) {
    const auto v6 = address.to_string();
    check(sqlite3_bind_text64(statement_.get(), index, v6.data(), v6.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) text.at(size++) = '.';
    const auto end = std::to_chars(text.data() + size, text.data() + text.size(), address.bytes().at(i)).ptr;
    size = static_cast<std::size_t>(end - text.data());
  }
  check(sqlite3_bind_text64(statement_.get(), index, text.data(), size, SQLITE_TRANSIENT, SQLITE_UTF8));
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  sqlite3_reset(statement_.get());
  connection_.fail("cannot work with the database");
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
}

std::int64_t Statement::run() {
  while (step()) {
  }
  reset();
  return connection_.changes();
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
void Statement::read(int column, double& value) const {
  value = sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
  return std::string(text_view(column));
}
std::string_view Statement::text_view(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Statement::read(int column, model::Address& value) const {
  const auto address_text = text(column);
  const auto address = model::Address::parse(address_text);
  if (!address) fail_on(column, address_text);
  value = *address;
}

void Statement::fail_on(int column, std::string_view value) const {
  throw base::Failure("store_corrupt", "cannot read the database " + connection_.path() + ": column " +
                                           sqlite3_column_name(statement_.get(), column) + " holds \"" +
                                           base::printable(value.substr(0, 64)) +
                                           "\", which this version does not know; was it written by a newer one?");
}

}  // namespace davylamp::sqlite
