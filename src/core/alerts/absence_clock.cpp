#include "core/alerts/absence_clock.hpp"

#include <utility>

#include "core/alerts/quiet_hours.hpp"
#include "core/alerts/rule_match.hpp"
#include "core/alerts/wording.hpp"
#include "core/quota/period_span.hpp"

namespace davylamp::core {
namespace {

constexpr std::uint16_t late_minutes = 15;

Sign absent(const model::AlertRule& rule, const UserMemory& users, base::Time now) {
  Sign sign;
  sign.topic = {model::ConditionKind::user_absent, rule.subject, {}};
  sign.holds = true;
  sign.since = now;
  const auto server = users.server_of(rule.subject);
  if (!server.empty()) sign.parent = "server " + server;
  sign.values = {{"subject", rule.subject}, {"time", *rule.by_clock}};
  return sign;
}

}  // namespace

std::vector<Sign> AbsenceClock::judge(const std::vector<model::AlertRule>& rules, const UserMemory& users,
                                      base::Time now) {
  std::vector<Sign> signs;
  std::map<std::uint64_t, base::Time> judged;
  for (const auto& rule : rules) {
    if (!rule.enabled || rule.condition != model::ConditionKind::user_absent || !rule.by_clock) continue;
    const auto due = parse_time_of_day(*rule.by_clock);
    if (!due || rule.subject.empty() || is_glob(rule.subject)) continue;
    model::Period day;
    day.kind = model::PeriodKind::day;
    day.zone = rule.zone.value_or("UTC");
    const auto midnight = period_at(day, zones_, now).start;
    const auto minute = minute_of_day(zones_, day.zone, now);
    const auto before = judged_.find(rule.id);
    const bool known = before != judged_.end();
    if (minute < *due) {
      judged[rule.id] = known ? before->second : base::Time{};
      continue;
    }
    judged[rule.id] = midnight;
    if (known ? before->second == midnight : minute >= *due + late_minutes) continue;
    if (users.seen(rule.subject, midnight)) continue;
    signs.push_back(absent(rule, users, now));
    if (started_at_ <= midnight) continue;
    signs.back().values["detail"] = "Davylamp has looked since " + utc_text(started_at_);
  }
  judged_ = std::move(judged);
  return signs;
}

}  // namespace davylamp::core
