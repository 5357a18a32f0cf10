#include <utility>

#include "store/paging.hpp"
#include "store/sql/filter.hpp"
#include "store/sql/reader.hpp"
#include "store/sql/row.hpp"

namespace davylamp::sql {
namespace {

// The same values as store::sort_value, in SQL.
std::string_view sort_expression(contract::SessionSort sort) {
  using enum contract::SessionSort;
  switch (sort) {
    case real_address:
      return "address_key(real_address)";
    case virtual_address:
      return "address_key(coalesce(virtual_address, virtual_address6))";
    case country:
      return "coalesce(country, country_code, '')";
    case user:
      return "\"user\"";
    default:
      return base::json::enum_name(sort);
  }
}

bool is_address(contract::SessionSort sort) {
  return sort == contract::SessionSort::real_address || sort == contract::SessionSort::virtual_address;
}

Value bound(const store::SortValue& value, contract::SessionSort sort) {
  if (store::is_number(sort)) return value.number;
  if (is_address(sort)) return Blob{value.bytes};
  return std::string_view(value.bytes);
}

// Each half has an index of its own, by address and time.
void require_address(Filter& filter, const contract::SessionQuery& query, std::string_view address) {
  const std::string own = query.address->is_v4() ? "virtual_address" : "virtual_address6";
  const std::string found = "SELECT id FROM sessions WHERE state = 'closed' AND closed_at >= ? AND ";
  const auto since = query.at ? base::to_unix_seconds(*query.at) : 0;
  filter.require("id IN (" + found + "real_address = ? UNION ALL " + found + own + " = ?)",
                 {since, address, since, address});
}

// `address`: that of the query, as text.
Filter filter_of(const contract::SessionQuery& query, std::string_view address) {
  Filter filter;
  filter.require("state = 'closed'");
  if (query.address) require_address(filter, query, address);
  if (query.at) {
    const auto at = base::to_unix_seconds(*query.at);
    filter.require("opened_at <= ? AND closed_at >= ?", {at, at});
  }
  filter.require_any("server", query.servers);
  filter.require_any("\"user\"", query.users);
  filter.require_any("country_code", query.country_codes);
  filter.require_any("transport", query.transports);
  if (!query.text.empty()) {
    filter.require(
        "contains_text(?, \"user\", common_name, real_address, virtual_address, virtual_address6, country, city, "
        "network)",
        {std::string_view(query.text)});
  }
  return filter;
}

std::uint64_t count_sessions(Connection& connection, const Filter& filter) {
  Statement count(connection, "SELECT count(*) FROM sessions" + filter.to_sql());
  filter.bind(count);
  count.step();
  return count.get<std::uint64_t>(0);
}

}  // namespace

contract::SessionPage Reader::closed_sessions(const contract::SessionQuery& query) {
  const bool descending = query.direction == contract::Direction::descending;
  const auto order = store::order_name(base::json::enum_name(query.sort), query.direction);
  const auto expression = std::string(sort_expression(query.sort));
  const auto limit = store::page_size(query.limit);
  std::optional<store::PageCursor> cursor;
  if (query.cursor) cursor = store::decode(*query.cursor, order);

  Transaction snapshot(connection_, Unit::read);
  const auto address = query.address ? query.address->to_string() : std::string();
  auto filter = filter_of(query, address);
  contract::SessionPage page{.items = {}, .total = count_sessions(connection_, filter), .next_cursor = {}};
  if (cursor) {
    filter.require("(" + expression + ", id) " + (descending ? "<" : ">") + " (?, ?)",
                   {bound(cursor->value, query.sort), store::session_id(*cursor)});
  }
  const std::string direction = descending ? " DESC" : " ASC";
  Statement rows(connection_, "SELECT " + column_list<model::Session>() + " FROM sessions" + filter.to_sql() +
                                  " ORDER BY " + expression + direction + ", id" + direction + " LIMIT ?");
  rows.bind(filter.bind(rows), static_cast<std::uint64_t>(limit) + 1);
  bool more = false;
  while (!more && rows.step()) {
    more = page.items.size() == limit;
    if (!more) page.items.push_back(read_row<model::Session>(rows));
  }
  if (more) {
    const auto& last = page.items.back();
    page.next_cursor = store::encode({order, store::sort_value(last, query.sort), std::to_string(last.id)});
  }
  return page;
}

std::vector<model::Session> Reader::open_sessions() {
  Statement rows(connection_, "SELECT " + column_list<model::Session>() +
                                  " FROM sessions INDEXED BY sessions_open WHERE state = 'open' ORDER BY id");
  std::vector<model::Session> sessions;
  while (rows.step()) sessions.push_back(read_row<model::Session>(rows));
  return sessions;
}

std::optional<model::Session> Reader::session(model::SessionId id) {
  Statement row(connection_, "SELECT " + column_list<model::Session>() + " FROM sessions WHERE id = ?1");
  row.bind_all(id);
  if (!row.step()) return std::nullopt;
  return read_row<model::Session>(row);
}

std::vector<contract::EndpointRow> Reader::endpoints(model::SessionId id) {
  Statement rows(connection_,
                 "SELECT real_address, nullif(real_port, -1), " + column_list<model::Place>() +
                     ", first_seen_at, last_seen_at FROM (SELECT *, place_kind AS kind FROM endpoints "
                     "WHERE session_id = ?1) AS found ORDER BY first_seen_at, address_key(real_address), real_port");
  rows.bind_all(id);
  std::vector<contract::EndpointRow> endpoints;
  while (rows.step()) endpoints.push_back(read_row<contract::EndpointRow>(rows));
  return endpoints;
}

}  // namespace davylamp::sql
