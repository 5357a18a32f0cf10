// Described structs as rows: a member is a column of the same name, an optional Place is its columns, with its kind as
// place_kind; a Period is its columns, with its kind as period_kind; a list is a column that holds JSON.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

#include "model/period.hpp"
#include "model/place.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

// The name of a column as SQL takes it: user is a word of the language.
inline std::string column_sql(std::string_view column) {
  return column == "user" ? "\"user\"" : std::string(column);
}

inline constexpr int place_columns = 9;
inline constexpr int period_columns = 6;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
template <class T>
inline constexpr bool is_place = std::is_same_v<std::remove_cvref_t<T>, std::optional<model::Place>>;

template <class T>
inline constexpr bool is_period = std::is_same_v<std::remove_cvref_t<T>, model::Period>;

template <class Member>
constexpr std::string_view sql_type() {
  if constexpr (requires(Member member) {
                  typename Member::value_type;
                  *member;
                }) {
    return sql_type<typename Member::value_type>();
  } else {
    if (std::is_floating_point_v<Member>) return "DOUBLE PRECISION";
    return std::is_integral_v<Member> || std::is_same_v<Member, base::Time> ? "BIGINT" : "TEXT";
  }
}

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
  for_each_column<T>([&](const std::string& name) { list += (list.empty() ? "" : ", ") + column_sql(name); });
  return list;
}
// What each column holds, in the same order.
template <class T>
std::vector<std::string_view> column_types() {
  std::vector<std::string_view> types;
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>;
    if constexpr (is_place<Member>) {
      for (const auto type : column_types<model::Place>()) types.push_back(type);
    } else if constexpr (is_period<Member>) {
      for (const auto type : column_types<model::Period>()) types.push_back(type);
    } else {
      types.push_back(sql_type<Member>());
    }
  });
  return types;
}
// "?1, ?2 ..." from `first`, as many as T has columns.
template <class T>
std::string parameter_list(int first = 1) {
  std::string list;
  for_each_column<T>([&](const std::string&) { list += (list.empty() ? "?" : ", ?") + std::to_string(first++); });
  return list;
}
// "CAST(?1 AS BIGINT), ..." as many as T has columns: for where the type of a parameter does not follow from its place.
template <class T>
std::string cast_parameter_list() {
  std::string list;
  int index = 0;
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*d.pointer)>;
    static_assert(!is_place<Member> && !is_period<Member>);
    list += (index == 0 ? "CAST(?" : ", CAST(?") + std::to_string(index + 1) + " AS " +
            std::string(sql_type<Member>()) + ")";
    ++index;
  });
  return list;
}

// "server = excluded.server, ..." for all columns but `keys`.
template <class T>
std::string replacement_list(std::initializer_list<std::string_view> keys) {
  std::string list;
  for_each_column<T>([&](const std::string& name) {
    if (std::ranges::find(keys, name) != keys.end()) return;
    list += (list.empty() ? "" : ", ") + column_sql(name) + " = excluded." + column_sql(name);
  });
  return list;
}

// The statement that writes a whole row, in place of one of the same `keys`.
template <class T>
std::string replace_sql(std::string_view table, std::initializer_list<std::string_view> keys) {
  std::string target;
  for (const auto key : keys) target += (target.empty() ? "" : ", ") + column_sql(key);
  return "INSERT INTO " + std::string(table) + " (" + column_list<T>() + ") VALUES (" + parameter_list<T>() +
         ") ON CONFLICT (" + target + ") DO UPDATE SET " + replacement_list<T>(keys);
}

template <class T>
int bind_row(Statement& statement, int index, const T& value);

// Binds the columns of one member from `index` on; returns the index after the last.
template <class Member>
int bind_member(Statement& statement, int index, const Member& member) {
  if constexpr (is_period<Member>) {
    return bind_row(statement, index, member);
  } else if constexpr (!is_place<Member>) {
    statement.bind(index++, member);
  } else if (member) {
    return bind_row(statement, index, *member);
  } else {
    for (int i = 0; i < place_columns; ++i) statement.bind(index++, std::nullopt);
  }
  return index;
}

// Binds the columns of `value` from `index` on; returns the index after the last.
template <class T>
int bind_row(Statement& statement, int index, const T& value) {
  boost::mp11::mp_for_each<Members<T>>([&](auto d) { index = bind_member(statement, index, value.*d.pointer); });
  return index;
}

// Writes a row whose first column, `id`, the table gives; returns it.
template <class T>
std::uint64_t insert_row(Connection& connection, std::string_view table, const T& value) {
  std::string columns;
  std::string parameters;
  int count = 0;
  for_each_column<T>([&](const std::string& name) {
    if (name == "id") return;
    columns += (count == 0 ? "" : ", ") + column_sql(name);
    parameters += (count == 0 ? "?" : ", ?") + std::to_string(count + 1);
    ++count;
  });
  Statement row(connection,
                "INSERT INTO " + std::string(table) + " (" + columns + ") VALUES (" + parameters + ") RETURNING id");
  int index = 1;
  boost::mp11::mp_for_each<Members<T>>([&](auto d) {
    if (std::string_view(d.name) == "id") return;
    index = bind_member(row, index, value.*d.pointer);
  });
  row.step();
  const auto id = row.get<std::uint64_t>(0);
  row.reset();
  return id;
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

}  // namespace davylamp::sql
