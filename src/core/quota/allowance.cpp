#include "core/quota/allowance.hpp"

#include <algorithm>
#include <limits>

namespace davylamp::core {
namespace {

bool in_force(const model::Grant& grant, base::Time now) {
  return grant.from_at <= now && now < grant.until_at;
}

std::uint64_t left_of(const model::Grant& grant) {
  return grant.bytes - std::min(grant.bytes, grant.spent_bytes);
}

}  // namespace

std::uint64_t allowed_at(const model::Limit& limit, const std::vector<model::Grant>& grants, base::Time now) {
  auto allowed = limit.bytes;
  for (const auto& grant : grants) {
    if (!in_force(grant, now)) continue;
    allowed += std::min(left_of(grant), std::numeric_limits<std::uint64_t>::max() - allowed);
  }
  return allowed;
}

std::optional<base::Time> next_grant_change(const std::vector<model::Grant>& grants, base::Time now) {
  std::optional<base::Time> next;
  for (const auto& grant : grants) {
    for (const auto at : {grant.from_at, grant.until_at}) {
      if (at > now) next = std::min(at, next.value_or(at));
    }
  }
  return next;
}

std::vector<model::Grant> charge(std::vector<model::Grant>& grants, std::uint64_t over, base::Time end) {
  std::vector<model::Grant*> payers;
  for (auto& grant : grants) {
    if (in_force(grant, end - base::Milliseconds{1})) payers.push_back(&grant);
  }
  std::ranges::sort(payers, [](const auto* a, const auto* b) {
    return a->until_at != b->until_at ? a->until_at < b->until_at : a->id < b->id;
  });
  std::vector<model::Grant> changed;
  for (auto* grant : payers) {
    const auto taken = std::min(over, left_of(*grant));
    if (taken == 0) continue;
    grant->spent_bytes += taken;
    over -= taken;
    changed.push_back(*grant);
  }
  return changed;
}

}  // namespace davylamp::core
