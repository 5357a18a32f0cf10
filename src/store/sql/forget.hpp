// Retention: removes what is older than its tier allows.
#pragma once

#include "contract/store.hpp"
#include "store/sql/engine.hpp"

namespace davylamp::sql {

// At most `limit` rows, in one transaction; returns how many. Totals of users stay.
std::uint64_t forget(Connection& connection, base::Time now, const contract::Retention& retention, std::uint64_t limit);

}  // namespace davylamp::sql
