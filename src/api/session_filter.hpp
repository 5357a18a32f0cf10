// Filters, orders and pages open sessions, by the same rules as the store does closed ones.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "contract/queries.hpp"
#include "model/session.hpp"

namespace davylamp::api {

// Whether a session passes the filters of the query (sort, limit and cursor do not matter here).
bool matches(const model::Session& session, const contract::SessionQuery& query);

// What a session is ordered by: text, byte by byte, or a number; then its id. What a session lacks comes before
// everything else.
struct SortKey {
  std::string text;
  std::uint64_t number = 0;
  model::SessionId id = 0;
  auto operator<=>(const SortKey&) const = default;
};
SortKey sort_key(const model::Session& session, contract::SessionSort sort);

// A page of those that match. `total` counts all of them. The cursor is a position in the order, so that sessions
// may come and go between two pages. Fails with "bad_cursor".
base::Result<contract::SessionPage> page_of(const std::vector<const model::Session*>& sessions,
                                            const contract::SessionQuery& query);

}  // namespace davylamp::api
