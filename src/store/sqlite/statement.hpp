// One prepared statement: bind, step, read. Values are bound, never written into the text.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.hpp"
#include "base/time.hpp"
#include "model/address.hpp"

struct sqlite3_stmt;

namespace davylamp::sqlite {

class Connection;

// Text that is bound must live until the next reset(). Indexes of parameters count from 1, of columns from 0. Failures
// of the engine are base::Failure.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);

  void bind(int index, std::nullopt_t);
  void bind(int index, std::int64_t value);
  // Greater than 2^63-1 becomes 2^63-1, and is counted by the connection.
  void bind(int index, std::uint64_t value);
  void bind(int index, double value);
  void bind(int index, std::string_view text);
  void bind(int index, base::Time time);
  void bind(int index, const model::Address& address);
  void bind(int index, bool value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::uint32_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::uint16_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
  void bind_blob(int index, std::string_view bytes);
  template <base::json::DescribedEnum E>
  void bind(int index, E value) {
    bind(index, base::json::enum_name(value));
  }
  // A struct that has no columns of its own is a text in JSON.
  template <base::json::Described T>
  void bind(int index, const T& value) {
    bind_copy(index, base::json::write(value));
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
    bind_copy(index, base::json::write(items));
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

  // True while there is a row to read.
  bool step();
  void reset();
  // Runs to the end and resets; returns how many rows were changed.
  std::int64_t run();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string text(int column) const;
  // Until the next step() or reset().
  std::string_view text_view(int column) const;
  void read(int column, std::uint64_t& value) const { value = static_cast<std::uint64_t>(integer(column)); }
  void read(int column, std::uint32_t& value) const { value = static_cast<std::uint32_t>(integer(column)); }
  void read(int column, std::uint16_t& value) const { value = static_cast<std::uint16_t>(integer(column)); }
  void read(int column, bool& value) const { value = integer(column) != 0; }
  void read(int column, base::Time& value) const { value = base::from_unix_seconds(integer(column)); }
  void read(int column, double& value) const;
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
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  void bind_copy(int index, const std::string& text);
  void check(int result) const;
  [[noreturn]] void fail_on(int column, std::string_view value) const;

  Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace davylamp::sqlite
