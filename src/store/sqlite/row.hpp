// Described structs as rows: a member is a column of the same name, an optional Place is its columns, with its kind as
// place_kind; a Period is its columns, with its kind as period_kind; a list is a column that holds JSON.
#pragma once

#include <string>
#include <type_traits>

#include "model/period.hpp"
#include "model/place.hpp"
#include "store/sqlite/statement.hpp"

namespace davylamp::sqlite {

inline constexpr int place_columns = 9;
inline constexpr int period_columns = 6;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
template <class T>
inline constexpr bool is_place = std::is_same_v<std::remove_cvref_t<T>, std::optional<model::Place>>;

template <class T>
inline constexpr bool is_period = std::is_same_v<std::remove_cvref_t<T>, model::Period>;

// Calls `visit(name)` for every column of T, in order; a member that is called kind gets `prefix` before it.
template <class T, class Visit>
void for_each_column(Visit visit, const std::string& prefix = {}) {
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>;
    if constexpr (is_place<Member>) {
      for_each_column<model::Place>(visit, "place_");
    } else if constexpr (is_period<Member>) {
      for_each_column<model::Period>(visit, "period_");
    } else {
      visit(std::string(d.name) == "kind" ? prefix + d.name : std::string(d.name));
    }
  });
}

// "id, server, source ..."
template <class T>
std::string column_list() {
  std::string list;
  for_each_column<T>([&](const std::string& name) { list += (list.empty() ? "" : ", ") + name; });
  return list;
}
// "?1, ?2 ..." from `first`, as many as T has columns.
template <class T>
std::string parameter_list(int first = 1) {
  std::string list;
  for_each_column<T>([&](const std::string&) { list += (list.empty() ? "?" : ", ?") + std::to_string(first++); });
  return list;
}
// "server = excluded.server, ..." for all columns but `key`.
template <class T>
std::string replacement_list(std::string_view key) {
  std::string list;
  for_each_column<T>([&](const std::string& name) {
    if (name != key) list += (list.empty() ? "" : ", ") + name + " = excluded." + name;
  });
  return list;
}

// Binds the columns of `value` from `index` on; returns the index after the last.
template <class T>
int bind_row(Statement& statement, int index, const T& value) {
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    const auto& member = value.*d.pointer;
    if constexpr (is_period<decltype(member)>) {
      index = bind_row(statement, index, member);
    } else if constexpr (!is_place<decltype(member)>) {
      statement.bind(index++, member);
    } else if (member) {
      index = bind_row(statement, index, *member);
    } else {
      for (int i = 0; i < place_columns; ++i) statement.bind(index++, std::nullopt);
    }
  });
  return index;
}

// Reads columns in the order of column_list<T>() from `column` on.
template <class T>
T read_row(const Statement& statement, int column = 0) {
  T value;
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    auto& member = value.*d.pointer;
    if constexpr (is_period<decltype(member)>) {
      member = read_row<model::Period>(statement, column);
      column += period_columns;
    } else if constexpr (!is_place<decltype(member)>) {
      statement.read(column++, member);
    } else {
      if (!statement.is_null(column)) member = read_row<model::Place>(statement, column);
      column += place_columns;
    }
  });
  return value;
}

}  // namespace davylamp::sqlite
