// What is laid down about one VPN user, picked out of all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/live_view.hpp"
#include "model/limits.hpp"

namespace davylamp::api {

// Of the groups that name the user; not `everyone`.
std::vector<std::string> groups_of(const model::Limits& all, const std::string& user);
std::optional<model::Block> block_of(const model::Limits& all, const std::string& user);
// The user's, then those of the given groups as a whole and of `everyone`.
std::vector<model::Quota> quotas_of(const LiveView& view, const std::string& user,
                                    const std::vector<std::string>& groups);

}  // namespace davylamp::api
