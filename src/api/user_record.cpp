#include "api/user_record.hpp"

#include <algorithm>

namespace davylamp::api {

std::vector<std::string> groups_of(const model::Limits& all, const std::string& user) {
  std::vector<std::string> groups;
  for (const auto& group : all.groups) {
    if (std::ranges::find(group.members, user) != group.members.end()) groups.push_back(group.name);
  }
  return groups;
}

std::optional<model::Block> block_of(const model::Limits& all, const std::string& user) {
  const auto found = std::ranges::find(all.blocks, user, &model::Block::user);
  return found == all.blocks.end() ? std::nullopt : std::optional(*found);
}

std::vector<model::Quota> quotas_of(const LiveView& view, const std::string& user,
                                    const std::vector<std::string>& groups) {
  std::vector<model::Quota> own;
  std::vector<model::Quota> shared;
  for (const auto& [key, quota] : view.quotas()) {
    if (quota.user == user) own.push_back(quota);
    if (!quota.user.empty()) continue;
    if (quota.group == model::everyone || std::ranges::find(groups, quota.group) != groups.end()) {
      shared.push_back(quota);
    }
  }
  std::ranges::move(shared, std::back_inserter(own));
  return own;
}

}  // namespace davylamp::api
