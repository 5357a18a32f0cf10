// What is asked and answered about limits, beside the structs of model/limits.hpp and model/quota.hpp.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/limits.hpp"
#include "model/quota.hpp"

namespace davylamp::api {

// What a quota is known by. `user` is empty where a group is bound together.
struct QuotaKey {
  std::uint64_t limit_id = 0;
  std::string user;
  auto operator<=>(const QuotaKey&) const = default;
};
BOOST_DESCRIBE_STRUCT(QuotaKey, (), (limit_id, user))

// A page of quotas; `total` counts all that match.
struct QuotaPage {
  std::vector<model::Quota> items;
  std::uint64_t total = 0;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(QuotaPage, (), (items, total, next_cursor))

// Periods that are over, the latest first.
struct PeriodList {
  std::vector<model::UsagePeriod> items;
};
BOOST_DESCRIBE_STRUCT(PeriodList, (), (items))

// The body of POST /limits/{id}/grants. `user` names the member for a limit on every member of a group.
struct GrantRequest {
  std::optional<std::string> user;
  std::uint64_t bytes = 0;
  base::Time until_at{};
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(GrantRequest, (), (user, bytes, until_at, reason))

// The body of POST /limits/{id}/reset. `user` as in GrantRequest.
struct ResetRequest {
  std::optional<std::string> user;
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(ResetRequest, (), (user, reason))

// The body of PUT /groups/{name}: the whole group.
struct GroupRequest {
  std::vector<std::string> members;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(GroupRequest, (), (members, note))

// The body of POST /users/{user}/block. Without `until_at` it holds until it is lifted.
struct BlockRequest {
  std::optional<base::Time> until_at;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(BlockRequest, (), (until_at, reason))

// The body that any other writing call may have.
struct ReasonRequest {
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(ReasonRequest, (), (reason))

}  // namespace davylamp::api
