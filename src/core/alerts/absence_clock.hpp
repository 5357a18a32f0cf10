// Who did not come by a time of day.
#pragma once

#include <map>
#include <vector>

#include "base/zone.hpp"
#include "core/alerts/sign.hpp"
#include "core/alerts/user_memory.hpp"

namespace davylamp::core {

// Once a local day and rule, at its time of day: a user named exactly who was not there since that day's midnight is
// absent. A time that the clocks skip is the next minute there is. A rule that is new, or a program that starts, later
// than a quarter of an hour after the time waits for the next day.
class AbsenceClock {
 public:
  explicit AbsenceClock(const base::Zones& zones) : zones_(zones) {}
  void start(base::Time now) { started_at_ = now; }
  std::vector<Sign> judge(const std::vector<model::AlertRule>& rules, const UserMemory& users, base::Time now);

 private:
  const base::Zones& zones_;
  base::Time started_at_{};
  std::map<std::uint64_t, base::Time> judged_;  // rule: midnight of the day
};

}  // namespace davylamp::core
