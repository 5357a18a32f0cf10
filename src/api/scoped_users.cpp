#include "api/scoped_users.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.hpp"

namespace davylamp::api {
namespace {

using contract::UserRow;

void add(UserRow& row, const model::Session& session) {
  const bool is_first = row.sessions == 0;
  if (is_first || session.opened_at < row.first_seen_at) row.first_seen_at = session.opened_at;
  if (is_first || session.last_seen_at >= row.last_seen_at) {
    row.last_seen_at = session.last_seen_at;
    row.country_code = session.place ? session.place->country_code : std::nullopt;
  }
  row.user = session.user;
  ++row.sessions;
  row.open_sessions += session.state == model::SessionState::open ? 1 : 0;
  row.rx_bytes += session.rx_bytes;
  row.tx_bytes += session.tx_bytes;
}

// By this number, then by name; for names the number is the same for all.
std::int64_t number_of(const UserRow& row, contract::UserSort sort) {
  using enum contract::UserSort;
  switch (sort) {
    case user:
      return 0;
    case sessions:
      return static_cast<std::int64_t>(row.sessions);
    case rx_bytes:
      return static_cast<std::int64_t>(row.rx_bytes);
    case tx_bytes:
      return static_cast<std::int64_t>(row.tx_bytes);
    case first_seen_at:
      return row.first_seen_at.time_since_epoch().count();
    case last_seen_at:
      return row.last_seen_at.time_since_epoch().count();
  }
  return 0;
}

}  // namespace

contract::UserPage users_of(const std::vector<model::Session>& sessions, const contract::UserQuery& query) {
  std::map<std::string, UserRow> rows;
  for (const auto& session : sessions) {
    if (query.text.empty() || base::contains_ignoring_case(session.user, query.text)) add(rows[session.user], session);
  }
  contract::UserPage page;
  page.total = rows.size();
  for (auto& [user, row] : rows) page.items.push_back(std::move(row));
  std::ranges::sort(page.items, [&](const UserRow& a, const UserRow& b) {
    const auto key_a = std::tuple(number_of(a, query.sort), std::string_view(a.user));
    const auto key_b = std::tuple(number_of(b, query.sort), std::string_view(b.user));
    return query.direction == contract::Direction::descending ? key_b < key_a : key_a < key_b;
  });
  if (page.items.size() > query.limit) page.items.resize(query.limit);
  return page;
}

}  // namespace davylamp::api
