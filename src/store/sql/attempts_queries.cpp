#include <algorithm>

#include "store/paging.hpp"
#include "store/series.hpp"
#include "store/sql/filter.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

// Tells rows of equal count apart; quote() leaves no two alike.
constexpr std::string_view identity =
    "quote(address) || quote(protocol) || quote(port) || quote(outcome) || quote(why) || quote(\"user\") || "
    "quote(server)";

int row_columns() {
  int count = 0;
  for_each_column<contract::AttemptRow>([&](const std::string&) { ++count; });
  return count;
}

Filter wanted(const contract::AttemptQuery& query) {
  Filter filter;
  filter.require("hour_at >= ?", {base::to_unix_seconds(base::floor_to(query.from, store::hour))});
  filter.require_any("server", query.servers);
  if (query.outcome) filter.require("outcome = ?", {base::json::enum_name(*query.outcome)});
  return filter;
}

// The columns of an AttemptRow, and `identity`. The place is that of the latest hour.
std::string rows_sql(const Filter& filter, const Dialect& dialect) {
  std::vector<std::string> places;
  for_each_column<model::Place>([&](const std::string& name) { places.push_back(name); }, "place_");
  std::string columns;
  for_each_column<contract::AttemptRow>([&](const std::string& name) {
    std::string column = column_sql(name);
    if (name == "count") column = "CAST(sum(count) AS BIGINT) AS count";
    if (name == "first_at") column = "min(first_at) AS first_at";
    if (name == "last_at") column = "max(last_at) AS last_at";
    if (std::ranges::find(places, name) != places.end())
      column = std::string(dialect.latest_begin) + name + std::string(dialect.latest_end) + " AS " + name;
    columns += column + ", ";
  });
  return "SELECT " + columns + std::string(identity) + " AS identity FROM attempts" + filter.to_sql() +
         " GROUP BY address, protocol, port, outcome, why, \"user\", server";
}

std::uint64_t count_rows(Connection& connection, const Filter& filter) {
  Statement count(connection, "SELECT count(*) FROM (SELECT 1 FROM attempts" + filter.to_sql() +
                                  " GROUP BY address, protocol, port, outcome, why, \"user\", server) AS found");
  filter.bind(count);
  count.step();
  return count.get<std::uint64_t>(0);
}

std::vector<contract::CountryAttempts> read_countries(Connection& connection, const Filter& filter) {
  Statement rows(connection,
                 "SELECT country_code, max(country), CAST(sum(count) FILTER (WHERE outcome = 'refused') AS BIGINT), "
                 "CAST(sum(count) FILTER (WHERE outcome = 'failed') AS BIGINT), "
                 "CAST(sum(count) FILTER (WHERE outcome = 'accepted') AS BIGINT) "
                 "FROM attempts" +
                     filter.to_sql() + " GROUP BY country_code ORDER BY sum(count) DESC, country_code NULLS FIRST");
  filter.bind(rows);
  std::vector<contract::CountryAttempts> countries;
  while (rows.step()) countries.push_back(read_row<contract::CountryAttempts>(rows));
  return countries;
}

}  // namespace

// The hours asked for are gathered as a whole, for each page anew: rows are bounded by what sources keep apart.
contract::AttemptPage Reader::attempts(const contract::AttemptQuery& query) {
  const auto sort = std::string(base::json::enum_name(query.sort));
  const auto order = store::order_name(sort, contract::Direction::descending);
  const auto limit = store::page_size(query.limit);
  std::optional<store::PageCursor> cursor;
  if (query.cursor) cursor = store::decode(*query.cursor, order);

  Transaction snapshot(connection_, Unit::read);
  auto filter = wanted(query);
  contract::AttemptPage page{.items = {},
                             .countries = read_countries(connection_, filter),
                             .total = count_rows(connection_, filter),
                             .next_cursor = {}};
  const auto after = cursor ? " WHERE (" + sort + ", identity) < (?, ?)" : std::string();
  Statement rows(connection_, "SELECT * FROM (" + rows_sql(filter, connection_.dialect()) + ") AS found" + after +
                                  " ORDER BY " + sort + " DESC, identity DESC LIMIT ?");
  int index = filter.bind(rows);
  if (cursor) {
    rows.bind(index++, cursor->value.number);
    rows.bind(index++, cursor->key);
  }
  rows.bind(index, static_cast<std::uint64_t>(limit) + 1);
  std::string last;
  while (rows.step()) {
    if (page.items.size() == limit) {
      page.next_cursor = store::encode({order, store::sort_value(page.items.back(), query.sort), last});
      break;
    }
    auto& row = page.items.emplace_back(read_row<contract::AttemptRow>(rows));
    if (!row.address) row.place.reset();
    last = rows.text(row_columns());
  }
  return page;
}

}  // namespace davylamp::sql
