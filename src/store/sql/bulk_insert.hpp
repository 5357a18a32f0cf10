// One INSERT for many rows at once: a statement costs more to start than a small row costs to write.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "store/sql/statement.hpp"

namespace davylamp::sql {

// "unnest(CAST(?1 AS BIGINT[]), ...)": the rows of a statement that takes lists.
inline std::string rows_sql(const std::vector<std::string_view>& types) {
  std::string lists;
  for (std::size_t i = 0; i < types.size(); ++i)
    lists += (i == 0 ? "CAST(?" : ", CAST(?") + std::to_string(i + 1) + " AS " + std::string(types[i]) + "[])";
  return "unnest(" + lists + ")";
}

// Rows are written in order, each seeing those before it, as if one by one.
class BulkInsert {
 public:
  // `head` ends with VALUES; `columns` is how many values a row has; `tail` is the ON CONFLICT clause, or empty.
  BulkInsert(Connection& connection, const std::string& head, int columns, const std::string& tail)
      : single_(connection, head + rows(1, columns) + tail),
        bulk_rows_(connection.dialect().bulk_rows),
        bulk_(connection, head + rows(bulk_rows_, columns) + tail),
        columns_(columns),
        repeats_keys_(connection.dialect().repeats_keys) {}
  // For the many: in lists where the engine takes them, so that `types` (BIGINT, TEXT, DOUBLE PRECISION) must be known.
  BulkInsert(Connection& connection, const std::string& head, const std::vector<std::string_view>& types,
             const std::string& tail)
      : BulkInsert(connection, head, static_cast<int>(types.size()), tail) {
    if (!connection.dialect().takes_lists) return;
    const auto target = head.substr(0, head.rfind("VALUES"));
    lists_.emplace(Statement::on_rows(connection, target + "SELECT * FROM " + rows_sql(types) + " " + tail));
  }

  // `bind(statement, index, item)` binds the values of one row from `index` on.
  template <class Item, class Bind>
  void write(std::span<const Item> items, Bind bind) {
    if (lists_ && items.size() > 1) {
      for (; !items.empty(); items = items.subspan(std::min(items.size(), most_in_lists)))
        run(*lists_, items.first(std::min(items.size(), most_in_lists)), bind);
      return;
    }
    for (; items.size() >= bulk_rows_; items = items.subspan(bulk_rows_)) run(bulk_, items.first(bulk_rows_), bind);
    for (; !items.empty(); items = items.subspan(1)) run(single_, items.first(1), bind);
  }
  // As write(), for rows of which two may have the same `key(item)`: no statement has both, where that would not do.
  template <class Item, class Bind, class Key>
  void write_apart(std::span<const Item> items, Bind bind, Key key) {
    if (repeats_keys_) {
      write(items, bind);
      return;
    }
    std::set<decltype(key(items.front()))> keys;
    std::size_t first = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (keys.insert(key(items[i])).second) continue;
      write(items.subspan(first, i - first), bind);
      first = i;
      keys = {key(items[i])};
    }
    write(items.subspan(first), bind);
  }

 private:
  static constexpr std::size_t most_in_lists = 10'000;

  template <class Item, class Bind>
  void run(Statement& statement, std::span<const Item> items, Bind& bind) {
    const bool in_lists = lists_ && &statement == &*lists_;
    if (in_lists) statement.reset();
    int index = 1;
    for (const auto& item : items) {
      bind(statement, index, item);
      if (in_lists) {
        statement.end_row();
      } else {
        index += columns_;
      }
    }
    statement.post();
  }
  static std::string rows(std::size_t count, int columns) {
    std::string row = " (?";
    for (int i = 1; i < columns; ++i) row += ", ?";
    row += ')';
    std::string all = row;
    for (std::size_t i = 1; i < count; ++i) all += "," + row;
    return all + " ";
  }

  Statement single_;
  std::size_t bulk_rows_;
  Statement bulk_;
  std::optional<Statement> lists_;
  int columns_;
  bool repeats_keys_;
};

}  // namespace davylamp::sql
