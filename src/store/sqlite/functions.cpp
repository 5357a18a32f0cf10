#include "store/sqlite/functions.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <span>
#include <string_view>

#include "base/text.hpp"
#include "store/paging.hpp"
#include "store/sqlite/connection.hpp"

namespace davylamp::sqlite {
namespace {

std::string_view text_of(sqlite3_value* value) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
  return bytes == nullptr ? std::string_view()
                          : std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

// Whether one of the texts holds `part`, ignoring ASCII case. Unlike LIKE it knows no wildcards, and does not stop at a
// NUL.
void contains_text(sqlite3_context* context, int count, sqlite3_value** values) {
  const auto arguments = std::span(values, static_cast<std::size_t>(count));
  const auto part = text_of(arguments.front());
  const bool found = std::ranges::any_of(
      arguments.subspan(1), [&](auto* value) { return base::contains_ignoring_case(text_of(value), part); });
  sqlite3_result_int(context, found ? 1 : 0);
}

void address_key(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const auto key = store::address_key(text_of(*values));
  sqlite3_result_blob64(context, key.data(), key.size(), SQLITE_TRANSIENT);
}

using Function = void (*)(sqlite3_context*, int, sqlite3_value**);
void add(Connection& connection, const char* name, int arguments, Function function) {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  if (sqlite3_create_function_v2(connection.handle(), name, arguments, flags, nullptr, function, nullptr, nullptr,
                                 nullptr) != SQLITE_OK) {
    connection.fail("cannot prepare the database");
  }
}

}  // namespace

void add_functions(Connection& connection) {
  add(connection, "contains_text", -1, contains_text);
  add(connection, "address_key", 1, address_key);
}

}  // namespace davylamp::sqlite
