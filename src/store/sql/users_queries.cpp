#include "store/paging.hpp"
#include "store/sql/filter.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

constexpr std::string_view columns =
    "\"user\", sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, country_code";

contract::UserRow read_user(const Statement& row) {
  contract::UserRow user;
  row.read(0, user.user);
  row.read(1, user.sessions);
  row.read(2, user.rx_bytes);
  row.read(3, user.tx_bytes);
  row.read(4, user.first_seen_at);
  row.read(5, user.last_seen_at);
  row.read(6, user.country_code);
  return user;
}

std::uint64_t count_users(Connection& connection, const Filter& filter) {
  Statement count(connection, "SELECT count(*) FROM users" + filter.to_sql());
  filter.bind(count);
  count.step();
  return count.get<std::uint64_t>(0);
}

}  // namespace

contract::UserPage Reader::users(const contract::UserQuery& query) {
  const bool descending = query.direction == contract::Direction::descending;
  const auto sort = std::string(base::json::enum_name(query.sort));
  const auto column = column_sql(sort);
  const auto order = store::order_name(sort, query.direction);
  const auto limit = store::page_size(query.limit);
  std::optional<store::PageCursor> cursor;
  if (query.cursor) cursor = store::decode(*query.cursor, order);

  Transaction snapshot(connection_, Unit::read);
  Filter filter;
  if (!query.text.empty()) filter.require("contains_text(?, \"user\")", {std::string_view(query.text)});
  contract::UserPage page{.items = {}, .total = count_users(connection_, filter), .next_cursor = {}};
  if (cursor) {
    const auto value =
        store::is_number(query.sort) ? Value(cursor->value.number) : Value(std::string_view(cursor->value.bytes));
    filter.require("(" + column + ", \"user\") " + (descending ? "<" : ">") + " (?, ?)",
                   {value, std::string_view(cursor->key)});
  }
  const std::string direction = descending ? " DESC" : " ASC";
  Statement rows(connection_, "SELECT " + std::string(columns) + " FROM users" + filter.to_sql() + " ORDER BY " +
                                  column + direction + ", \"user\"" + direction + " LIMIT ?");
  rows.bind(filter.bind(rows), static_cast<std::uint64_t>(limit) + 1);
  bool more = false;
  while (!more && rows.step()) {
    more = page.items.size() == limit;
    if (!more) page.items.push_back(read_user(rows));
  }
  if (more) {
    const auto& last = page.items.back();
    page.next_cursor = store::encode({order, store::sort_value(last, query.sort), last.user});
  }
  return page;
}

std::optional<contract::UserRow> Reader::user(const std::string& name) {
  Statement row(connection_, "SELECT " + std::string(columns) + " FROM users WHERE \"user\" = ?1");
  row.bind_all(name);
  if (!row.step()) return std::nullopt;
  return read_user(row);
}

}  // namespace davylamp::sql
