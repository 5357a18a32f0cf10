// What grants add to a limit, and what is taken of them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/limits.hpp"

namespace davylamp::core {

// The limit and what its grants add at `now`.
std::uint64_t allowed_at(const model::Limit& limit, const std::vector<model::Grant>& grants, base::Time now);
// When allowed_at() next changes by itself; nothing when never.
std::optional<base::Time> next_grant_change(const std::vector<model::Grant>& grants, base::Time now);
// A period ended at `end` with `over` bytes above the limit: they are taken of the grants that were in force then, of
// the one that ends first before the others. Returns those that changed.
std::vector<model::Grant> charge(std::vector<model::Grant>& grants, std::uint64_t over, base::Time end);

}  // namespace davylamp::core
