#include "app/cli/limit_words.hpp"

#include <algorithm>

#include "app/cli/quantities.hpp"
#include "base/codec.hpp"
#include "base/text.hpp"

namespace davylamp::app {
namespace {

using model::LimitSubject;
using model::PeriodKind;
using model::TrafficDirection;

std::unexpected<base::Error> wrong(std::string what) {
  return base::fail("usage", std::move(what));
}

std::string direction_words(TrafficDirection direction) {
  if (direction == TrafficDirection::both) return "down and up";
  return std::string(base::json::enum_name(direction));
}

std::string choices(const std::vector<model::Limit>& limits) {
  std::string text;
  for (const auto& limit : limits) text += (text.empty() ? "" : "; ") + limit_text(limit);
  return text;
}

}  // namespace

base::Result<model::Period> parse_period(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto kind = base::json::enum_value<PeriodKind>(text.substr(0, colon));
  if (!kind) return wrong("--period must be day, week, month, rolling:DAYS, anniversary:DAY or once");
  model::Period period;
  period.kind = *kind;
  const bool has_number = *kind == PeriodKind::rolling || *kind == PeriodKind::anniversary;
  if (!has_number) {
    if (colon != text.size()) return wrong("--period " + std::string(text.substr(0, colon)) + " takes no number");
    return period;
  }
  const auto most = *kind == PeriodKind::rolling ? 366U : 31U;
  const auto number = colon == text.size() ? std::nullopt : base::parse_number<std::uint32_t>(text.substr(colon + 1));
  if (!number || *number == 0 || *number > most) {
    return wrong(*kind == PeriodKind::rolling ? "write --period rolling:30 for the last 30 days; 1 to 366"
                                              : "write --period anniversary:15 for months from the 15th on; 1 to 31");
  }
  (*kind == PeriodKind::rolling ? period.days : period.anchor_day) = *number;
  return period;
}

std::string period_text(const model::Period& period) {
  const auto zone = " (" + period.zone + ")";
  switch (period.kind) {
    case PeriodKind::rolling:
      return "in " + std::to_string(period.days) + " days";
    case PeriodKind::anniversary:
      return "per month from day " + std::to_string(period.anchor_day) + zone;
    case PeriodKind::once:
      return "once";
    default:
      return "per " + std::string(base::json::enum_name(period.kind)) + zone;
  }
}

base::Result<std::vector<std::uint32_t>> parse_thresholds(std::string_view text) {
  std::vector<std::uint32_t> thresholds;
  if (text == "none") return thresholds;
  for (const auto part : base::split(text, ',')) {
    const auto percent = base::parse_number<std::uint32_t>(base::trim(part));
    if (!percent || *percent == 0 || *percent > 100)
      return wrong("--thresholds must be percents like 50,80,95, or none");
    thresholds.push_back(*percent);
  }
  std::ranges::sort(thresholds);
  const auto repeated = std::ranges::unique(thresholds);
  thresholds.erase(repeated.begin(), repeated.end());
  return thresholds;
}

std::string subject_text(const model::Limit& limit) {
  switch (limit.subject_kind) {
    case LimitSubject::user:
      return limit.subject;
    case LimitSubject::each:
      return "each of " + limit.subject;
    case LimitSubject::group:
      break;
  }
  return limit.subject + " together";
}

std::string limit_text(const model::Limit& limit) {
  return "limit " + std::to_string(limit.id) + ": " + subject_text(limit) + ", " + bytes_text(limit.bytes) + " " +
         direction_words(limit.direction) + " " + period_text(limit.period) + (limit.enforce ? "" : ", not enforced");
}

bool is_member(const model::Limits& limits, const std::string& group, const std::string& user) {
  if (group == model::everyone) return true;
  const auto found = std::ranges::find(limits.groups, group, &model::Group::name);
  return found != limits.groups.end() && std::ranges::find(found->members, user) != found->members.end();
}

std::vector<model::Limit> limits_of(const model::Limits& limits, const std::string& user) {
  std::vector<model::Limit> own;
  std::vector<model::Limit> each;
  for (const auto& limit : limits.limits) {
    if (limit.subject_kind == LimitSubject::user && limit.subject == user) own.push_back(limit);
    if (limit.subject_kind == LimitSubject::each && is_member(limits, limit.subject, user)) each.push_back(limit);
  }
  return own.empty() ? each : own;
}

base::Result<model::Limit> meant_limit(const model::Limits& limits, const std::string& user,
                                       const std::optional<std::string>& id) {
  if (id) {
    const auto number = base::parse_number<std::uint64_t>(*id);
    const auto found = number ? std::ranges::find(limits.limits, *number, &model::Limit::id) : limits.limits.end();
    if (found == limits.limits.end()) return wrong("there is no limit " + base::printable(*id));
    return *found;
  }
  const auto bound = limits_of(limits, user);
  if (bound.empty()) {
    return wrong("no limit binds " + base::printable(user) +
                 " alone; davylamp quota set makes one, --limit names one of a whole group");
  }
  if (bound.size() > 1) return wrong("name one with --limit: " + base::printable(choices(bound)));
  return bound.front();
}

}  // namespace davylamp::app
