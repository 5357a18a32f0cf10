// How a limit stands: what is used, allowed and expected.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "model/counters.hpp"
#include "model/limits.hpp"

namespace davylamp::model {

enum class QuotaState {
  ok,
  near,     // a threshold is passed
  reached,  // nothing is left: refused if the limit is enforced
};
BOOST_DESCRIBE_ENUM(QuotaState, ok, near, reached)

// One limit and one subject that it binds. `user` is empty when a group is bound together; `group` is the group that
// the limit came from, empty for a user's own.
struct Quota {
  std::uint64_t limit_id = 0;
  std::string user;
  std::string group;
  TrafficDirection direction = TrafficDirection::both;
  QuotaState state = QuotaState::ok;
  bool enforce = true;
  bool kernel_stop = false;
  std::uint64_t used_bytes = 0;     // in this period, after forgiveness
  std::uint64_t allowed_bytes = 0;  // the limit and what grants add to it now
  std::uint64_t limit_bytes = 0;
  PeriodKind period = PeriodKind::month;
  base::Time period_start_at{};
  std::optional<base::Time> resets_at;          // absent: never (once), or little by little (rolling)
  std::optional<base::Time> runs_out_at;        // a guess from the use so far; absent when it will last
  std::optional<std::uint64_t> forecast_bytes;  // a guess: used at the period's end
  bool operator==(const Quota&) const = default;
};
BOOST_DESCRIBE_STRUCT(Quota, (),
                      (limit_id, user, group, direction, state, enforce, kernel_stop, used_bytes, allowed_bytes,
                       limit_bytes, period, period_start_at, resets_at, runs_out_at, forecast_bytes))

// A period that is over, as it ended.
struct UsagePeriod {
  std::uint64_t limit_id = 0;
  std::string user;  // as in Quota
  base::Time start_at{};
  base::Time end_at{};
  std::uint64_t used_bytes = 0;
  std::uint64_t allowed_bytes = 0;
};
BOOST_DESCRIBE_STRUCT(UsagePeriod, (), (limit_id, user, start_at, end_at, used_bytes, allowed_bytes))

// What one user moved in a span, over all servers.
struct UserUsage {
  std::string user;
  Counters bytes;
};

}  // namespace davylamp::model
