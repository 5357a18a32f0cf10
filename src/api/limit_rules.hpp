// What a limit, a grant, a group may be.
#pragma once

#include <string>

#include "api/body.hpp"
#include "api/dto/limits.hpp"
#include "base/zone.hpp"
#include "model/limits.hpp"

namespace davylamp::api {

// Counts of bytes stay exact in a page and in a store.
inline constexpr std::uint64_t most_limit_bytes = (std::uint64_t{1} << 53U) - 1;

// What can be said without knowing the other limits. Puts thresholds in order, each once.
Complaints check_limit(model::Limit& limit, const base::Zones& zones);
// Whether its group is there.
void check_subject(Complaints& complaints, const model::Limit& limit, const model::Limits& all);
// Whom a grant or a reset of `limit` is for: a member for a limit on each, else nobody by name. `user` is what was
// asked; the subject's own name is accepted. Complains about "user".
std::string member_of(Complaints& complaints, const model::Limit& limit, const std::string& user,
                      const model::Limits& all);
Complaints check_grant(const GrantRequest& grant, base::Time now);
// Puts members in order, each once.
Complaints check_group(model::Group& group);
void check_until(Complaints& complaints, base::Time until_at, base::Time now);

const model::Limit* find_limit(const model::Limits& all, std::uint64_t id);
bool is_member(const model::Limits& all, const std::string& group, const std::string& user);

// For the audit log: "limit 7: 20000000000 bytes down, month".
std::string limit_text(const model::Limit& limit);

}  // namespace davylamp::api
