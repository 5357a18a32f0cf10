// Filters, orders and pages quotas.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "api/dto/limits.hpp"
#include "base/result.hpp"
#include "contract/queries.hpp"

namespace davylamp::api {

// runs_out_at: what is reached first, then what runs out, the soonest first, then the rest by percent, the highest
// first.
enum class QuotaSort { runs_out_at, user, used_bytes, percent };
BOOST_DESCRIBE_ENUM(QuotaSort, runs_out_at, user, used_bytes, percent)

// Empty text and absent members do not filter. `text` is looked for, ignoring ASCII case, in user and group.
struct QuotaQuery {
  std::string text;
  std::string group;
  std::optional<model::QuotaState> state;
  QuotaSort sort = QuotaSort::runs_out_at;
  contract::Direction direction = contract::Direction::ascending;
  std::size_t limit = 100;
  std::optional<std::string> cursor;  // next_cursor of the page before
};

// The cursor is a position in the order, so that quotas may come and go between two pages. Fails with "bad_cursor".
base::Result<QuotaPage> page_of(const std::vector<const model::Quota*>& quotas, const QuotaQuery& query);

}  // namespace davylamp::api
