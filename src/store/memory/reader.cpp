#include "store/memory/reader.hpp"

#include <algorithm>
#include <ranges>

#include "base/text.hpp"
#include "contract/session_match.hpp"
#include "store/paging.hpp"

namespace davylamp::memory {
namespace {

bool is_any(const std::string& text, const std::vector<std::string>& wanted) {
  return wanted.empty() || std::ranges::find(wanted, text) != wanted.end();
}

bool mentions(const model::Session& session, const std::string& text) {
  const auto holds = [&](const std::optional<std::string>& value) {
    return value && base::contains_ignoring_case(*value, text);
  };
  const auto address_holds = [&](const std::optional<model::Address>& value) {
    return value && base::contains_ignoring_case(value->to_string(), text);
  };
  return holds(session.user) || holds(session.common_name) || address_holds(session.real_address) ||
         address_holds(session.virtual_address) || address_holds(session.virtual_address6) ||
         (session.place &&
          (holds(session.place->country) || holds(session.place->city) || holds(session.place->network)));
}

bool matches(const model::Session& session, const contract::SessionQuery& query) {
  if (session.state != model::SessionState::closed || !contract::had_address_then(session, query)) return false;
  const auto code = session.place ? session.place->country_code : std::nullopt;
  if (!query.country_codes.empty() && !(code && is_any(*code, query.country_codes))) return false;
  return is_any(session.server, query.servers) && is_any(session.user, query.users) &&
         is_any(session.transport, query.transports) && (query.text.empty() || mentions(session, query.text));
}

// Where a row stands in an order: its value, and a key that tells equals apart.
template <class Key>
using Place = std::pair<store::SortValue, Key>;

// One page of `items` by their places. `read_key` takes the key out of a cursor, `write_key` puts it into one.
template <class Page, class Query, class Items, class Order>
Page cut_page(Items items, const Query& query, const Order& row_order) {
  const bool descending = query.direction == contract::Direction::descending;
  const auto order = store::order_name(base::json::enum_name(query.sort), query.direction);
  const auto before = [&](const auto& a, const auto& b) { return descending ? b < a : a < b; };
  const auto place_of = [&](const auto& item) {
    return Place(store::sort_value(item, query.sort), row_order.key(item));
  };
  std::ranges::sort(items, before, place_of);
  Page page;
  page.total = items.size();
  auto first = items.begin();
  if (query.cursor) {
    const auto cursor = store::decode(*query.cursor, order);
    first = std::ranges::upper_bound(items, Place(cursor.value, row_order.read(cursor)), before, place_of);
  }
  const auto rest = static_cast<std::size_t>(items.end() - first);
  const auto size = std::min(store::page_size(query.limit), rest);
  page.items.assign(first, first + static_cast<std::ptrdiff_t>(size));
  if (size < rest) {
    const auto& last = page.items.back();
    page.next_cursor = store::encode({order, store::sort_value(last, query.sort), row_order.write(last)});
  }
  return page;
}

struct SessionOrder {
  static std::int64_t key(const model::Session& session) { return static_cast<std::int64_t>(session.id); }
  static std::int64_t read(const store::PageCursor& cursor) { return store::session_id(cursor); }
  static std::string write(const model::Session& session) { return std::to_string(session.id); }
};
struct UserOrder {
  static std::string key(const contract::UserRow& row) { return row.user; }
  static std::string read(const store::PageCursor& cursor) { return cursor.key; }
  static std::string write(const contract::UserRow& row) { return row.user; }
};

}  // namespace

contract::SessionPage Reader::closed_sessions(const contract::SessionQuery& query) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::Session> found;
  for (const auto& [id, stored] : tables_->sessions) {
    if (matches(stored.session, query)) found.push_back(stored.session);
  }
  return cut_page<contract::SessionPage>(std::move(found), query, SessionOrder{});
}

std::vector<model::Session> Reader::open_sessions() {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::Session> open;
  for (const auto& [id, stored] : tables_->sessions) {
    if (stored.session.state == model::SessionState::open) open.push_back(stored.session);
  }
  return open;
}

std::optional<model::Session> Reader::session(model::SessionId id) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->sessions.find(id);
  if (found == tables_->sessions.end()) return std::nullopt;
  return found->second.session;
}

std::vector<contract::EndpointRow> Reader::endpoints(model::SessionId id) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<contract::EndpointRow> rows;
  for (auto row = tables_->endpoints.lower_bound({id, {}}); row != tables_->endpoints.end() && row->first.first == id;
       ++row) {
    rows.push_back(row->second);
  }
  std::ranges::sort(rows, {}, [](const contract::EndpointRow& row) {
    return std::tuple(row.first_seen_at, store::address_key(row.real_address.to_string()), row.real_port);
  });
  return rows;
}

contract::UserPage Reader::users(const contract::UserQuery& query) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<contract::UserRow> found;
  for (const auto& [name, user] : tables_->users) {
    if (base::contains_ignoring_case(name, query.text)) found.push_back(user.row);
  }
  return cut_page<contract::UserPage>(std::move(found), query, UserOrder{});
}

std::optional<contract::UserRow> Reader::user(const std::string& name) {
  const std::lock_guard lock(tables_->mutex);
  const auto found = tables_->users.find(name);
  if (found == tables_->users.end()) return std::nullopt;
  return found->second.row;
}

template <class Wanted>
std::vector<model::Event> Reader::newest_events(std::size_t limit, std::optional<std::uint64_t> before, Wanted wanted) {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::Event> events;
  for (const auto& [id, event] : tables_->events | std::views::reverse) {
    if ((before && id >= *before) || !wanted(event)) continue;
    if (events.size() == store::page_size(limit)) break;
    events.push_back(event);
  }
  return events;
}

std::vector<model::Event> Reader::events(std::size_t limit, std::optional<std::uint64_t> before) {
  return newest_events(limit, before, [](const model::Event&) { return true; });
}

std::vector<model::Event> Reader::user_events(const std::string& user, std::size_t limit,
                                              std::optional<std::uint64_t> before) {
  return newest_events(limit, before, [&](const model::Event& event) { return event.user == user; });
}

std::vector<model::Server> Reader::servers() {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::Server> servers;
  for (const auto& [name, server] : tables_->servers) servers.push_back(server);
  return servers;
}

}  // namespace davylamp::memory
