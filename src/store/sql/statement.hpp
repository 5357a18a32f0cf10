// One prepared statement: bind, step, read. Values are bound, never written into the text. What a Cursor is for
// engines, for the types that the model has.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/codec.hpp"
#include "base/time.hpp"
#include "model/address.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

// Text that is bound must live until the next reset(). Indexes of parameters count from 1, of columns from 0. Failures
// of the engine are base::Failure.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql) : connection_(connection), cursor_(connection.prepare(sql)) {}
  // One that takes lists: Connection::prepare_rows().
  static Statement on_rows(Connection& connection, std::string_view sql) {
    return {connection, connection.prepare_rows(sql)};
  }

  void bind(int index, std::nullopt_t) { cursor_->bind_null(index); }
  void bind(int index, std::int64_t value) { cursor_->bind_integer(index, value); }
  // Greater than 2^63-1 becomes 2^63-1, and is counted by the connection.
  void bind(int index, std::uint64_t value);
  void bind(int index, double value) { cursor_->bind_real(index, value); }
  void bind(int index, std::string_view text) { cursor_->bind_text(index, text); }
  void bind(int index, base::Time time);
  void bind(int index, const model::Address& address);
  void bind(int index, bool value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::uint32_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::uint16_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
  void bind_blob(int index, std::string_view bytes) { cursor_->bind_blob(index, bytes); }
  template <base::json::DescribedEnum E>
  void bind(int index, E value) {
    bind(index, base::json::enum_name(value));
  }
  // A struct that has no columns of its own is a text in JSON.
  template <base::json::Described T>
  void bind(int index, const T& value) {
    cursor_->bind_text_copy(index, base::json::write(value));
  }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, std::nullopt);
    }
  }
  // A list is a text in JSON.
  template <class T>
  void bind(int index, const std::vector<T>& items) {
    cursor_->bind_text_copy(index, base::json::write(items));
  }
  // Binds 1, 2, 3 ...
  template <class... T>
  void bind_all(const T&... values) {
    bind_from(1, values...);
  }
  template <class... T>
  void bind_from(int index, const T&... values) {
    (bind(index++, values), ...);
  }

  // As those of Cursor.
  bool step() { return cursor_->step(); }
  void reset() { cursor_->reset(); }
  std::int64_t run() { return cursor_->run(); }
  void post() { cursor_->post(); }
  void end_row() { cursor_->end_row(); }

  bool is_null(int column) const { return cursor_->is_null(column); }
  std::int64_t integer(int column) const { return cursor_->integer(column); }
  std::string text(int column) const { return std::string(cursor_->text_view(column)); }
  std::string_view text_view(int column) const { return cursor_->text_view(column); }
  void read(int column, std::int64_t& value) const { value = integer(column); }
  void read(int column, std::uint64_t& value) const { value = static_cast<std::uint64_t>(integer(column)); }
  void read(int column, std::uint32_t& value) const { value = static_cast<std::uint32_t>(integer(column)); }
  void read(int column, std::uint16_t& value) const { value = static_cast<std::uint16_t>(integer(column)); }
  void read(int column, bool& value) const { value = integer(column) != 0; }
  void read(int column, base::Time& value) const { value = base::from_unix_seconds(integer(column)); }
  void read(int column, double& value) const { value = cursor_->real(column); }
  void read(int column, std::string& value) const { value = text(column); }
  void read(int column, model::Address& value) const;
  template <base::json::DescribedEnum E>
  void read(int column, E& value) const {
    const auto name = text(column);
    const auto found = base::json::enum_value<E>(name);
    if (!found) fail_on(column, name);
    value = *found;
  }
  template <class T>
  void read(int column, std::optional<T>& value) const {
    value.reset();
    if (!is_null(column)) read(column, value.emplace());
  }
  template <class T>
  void read(int column, std::vector<T>& items) const;  // for the lists that tables hold: statement_lists.cpp
  template <base::json::Described T>
  void read(int column, T& value) const;  // for the structs that tables hold: statement_lists.cpp
  template <class T>
  T get(int column) const {
    T value{};
    read(column, value);
    return value;
  }

 private:
  Statement(Connection& connection, std::unique_ptr<Cursor> cursor)
      : connection_(connection), cursor_(std::move(cursor)) {}
  [[noreturn]] void fail_on(int column, std::string_view value) const;

  Connection& connection_;
  std::unique_ptr<Cursor> cursor_;
};

}  // namespace davylamp::sql
