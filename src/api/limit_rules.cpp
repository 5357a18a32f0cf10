#include "api/limit_rules.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace davylamp::api {
namespace {

using model::LimitSubject;
using model::PeriodKind;

constexpr std::size_t most_thresholds = 10;
constexpr auto furthest = std::chrono::hours(24 * 366 * 10);

void check_name(Complaints& complaints, const std::string& member, const std::string& name) {
  if (name.empty()) complaints.add(member, "must not be empty");
  if (name.size() > most_name_bytes) {
    complaints.add(member, "is longer than " + std::to_string(most_name_bytes) + " bytes");
  }
}

void check_bytes(Complaints& complaints, std::uint64_t bytes) {
  if (bytes == 0) complaints.add("bytes", "must be above 0");
  if (bytes > most_limit_bytes) complaints.add("bytes", "must be at most " + std::to_string(most_limit_bytes));
}

void check_period(Complaints& complaints, const model::Period& period, const base::Zones& zones) {
  if (period.zone.size() > 64 || !zones.span(period.zone, base::Time{})) {
    complaints.add("period.zone", "is not a time zone of this host; write one like Europe/Berlin or UTC");
  }
  if (period.anchor_day < 1 || period.anchor_day > 31) complaints.add("period.anchor_day", "must be 1 to 31");
  if (period.days < 1 || period.days > 366) complaints.add("period.days", "must be 1 to 366");
  if (period.kind != PeriodKind::once) {
    if (period.starts_at) complaints.add("period.starts_at", "is for a period of kind once only");
    if (period.ends_at) complaints.add("period.ends_at", "is for a period of kind once only");
  } else if (period.starts_at && period.ends_at && *period.ends_at <= *period.starts_at) {
    complaints.add("period.ends_at", "must be later than starts_at");
  }
}

void check_thresholds(Complaints& complaints, std::vector<std::uint32_t>& thresholds) {
  std::ranges::sort(thresholds);
  const auto twice = std::ranges::unique(thresholds);
  thresholds.erase(twice.begin(), twice.end());
  if (thresholds.size() > most_thresholds) complaints.add("thresholds", "must be at most 10");
  if (std::ranges::any_of(thresholds, [](auto percent) { return percent < 1 || percent > 99; })) {
    complaints.add("thresholds", "must be percents, each 1 to 99");
  }
}

void check_note(Complaints& complaints, const std::string& note) {
  if (note.size() > most_text_bytes) {
    complaints.add("note", "is longer than " + std::to_string(most_text_bytes) + " bytes");
  }
}

}  // namespace

Complaints check_limit(model::Limit& limit, const base::Zones& zones) {
  Complaints complaints;
  check_name(complaints, "subject", limit.subject);
  check_bytes(complaints, limit.bytes);
  check_period(complaints, limit.period, zones);
  if (limit.buffer_bytes > 0 && limit.buffer_bytes >= limit.bytes) {
    complaints.add("buffer_bytes", "must be less than bytes");
  }
  check_thresholds(complaints, limit.thresholds);
  if (limit.kernel_stop && !limit.enforce) complaints.add("kernel_stop", "needs enforce");
  check_note(complaints, limit.note);
  return complaints;
}

void check_subject(Complaints& complaints, const model::Limit& limit, const model::Limits& all) {
  if (limit.subject_kind == LimitSubject::user || limit.subject == model::everyone) return;
  if (std::ranges::find(all.groups, limit.subject, &model::Group::name) != all.groups.end()) return;
  complaints.add("subject", "is not a group; make the group first, or write everyone");
}

std::string member_of(Complaints& complaints, const model::Limit& limit, const std::string& user,
                      const model::Limits& all) {
  if (limit.subject_kind == LimitSubject::each) {
    if (user.empty()) {
      complaints.add("user", "must name the member, for this limit binds every member of a group alone");
    } else if (user.size() > most_name_bytes) {
      complaints.add("user", "is longer than " + std::to_string(most_name_bytes) + " bytes");
    } else if (!is_member(all, limit.subject, user)) {
      complaints.add("user", "is not a member of the group of this limit");
    }
    return user;
  }
  const bool own = limit.subject_kind == LimitSubject::user && user == limit.subject;
  if (!user.empty() && !own) complaints.add("user", "is not whom this limit binds; leave it out");
  return {};
}

void check_until(Complaints& complaints, base::Time until_at, base::Time now) {
  if (until_at <= now) complaints.add("until_at", "must be later than now");
  if (until_at > now + furthest) complaints.add("until_at", "must be within ten years");
}

Complaints check_grant(const GrantRequest& grant, base::Time now) {
  Complaints complaints;
  check_bytes(complaints, grant.bytes);
  check_until(complaints, grant.until_at, now);
  check_reason(complaints, grant.reason.value_or(""), Need::optional);
  return complaints;
}

Complaints check_group(model::Group& group) {
  Complaints complaints;
  check_name(complaints, "name", group.name);
  if (base::printable(group.name) != group.name) complaints.add("name", "must not have control characters");
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    check_name(complaints, "members[" + std::to_string(i) + "]", group.members[i]);
  }
  std::ranges::sort(group.members);
  const auto twice = std::ranges::unique(group.members);
  group.members.erase(twice.begin(), twice.end());
  check_note(complaints, group.note);
  return complaints;
}

const model::Limit* find_limit(const model::Limits& all, std::uint64_t id) {
  const auto found = std::ranges::find(all.limits, id, &model::Limit::id);
  return found == all.limits.end() ? nullptr : &*found;
}

bool is_member(const model::Limits& all, const std::string& group, const std::string& user) {
  if (group == model::everyone) return true;
  const auto found = std::ranges::find(all.groups, group, &model::Group::name);
  if (found == all.groups.end()) return false;
  return std::ranges::find(found->members, user) != found->members.end();
}

std::string limit_text(const model::Limit& limit) {
  std::string text = limit.id == 0 ? "" : "limit " + std::to_string(limit.id) + ": ";
  if (limit.subject_kind == LimitSubject::each) text += "each member, ";
  if (limit.subject_kind == LimitSubject::group) text += "all members together, ";
  text += std::to_string(limit.bytes) + " bytes " + std::string(base::json::enum_name(limit.direction)) + ", " +
          std::string(base::json::enum_name(limit.period.kind));
  if (!limit.enforce) text += ", not enforced";
  return text;
}

}  // namespace davylamp::api
