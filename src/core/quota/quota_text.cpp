#include "core/quota/quota_text.hpp"

#include "core/wording.hpp"

namespace davylamp::core {
namespace {

std::string direction_text(model::TrafficDirection direction) {
  switch (direction) {
    case model::TrafficDirection::down:
      return "down";
    case model::TrafficDirection::up:
      return "up";
    case model::TrafficDirection::both:
      break;
  }
  return "down and up";
}

std::string period_text(const model::Period& period) {
  switch (period.kind) {
    case model::PeriodKind::day:
      return "today";
    case model::PeriodKind::week:
      return "this week";
    case model::PeriodKind::month:
      return "this month";
    case model::PeriodKind::anniversary:
      return "this month from day " + std::to_string(period.anchor_day);
    case model::PeriodKind::rolling:
      return "the last " + std::to_string(period.days) + " days";
    case model::PeriodKind::once:
      break;
  }
  return "in all";
}

}  // namespace

std::string subject_text(const model::Limit& limit, const std::string& user) {
  return user.empty() ? "the group " + limit.subject : user;
}

std::string amount_text(const model::Limit& limit, std::uint64_t allowed_bytes) {
  return volume_text(allowed_bytes) + " (" + direction_text(limit.direction) + ", " + period_text(limit.period) + ")";
}

std::string reset_text(const model::Limit& limit, const PeriodSpan& span, const base::Zones& zones) {
  const auto& period = limit.period;
  if (period.kind == model::PeriodKind::rolling) return "; old use drops out hour by hour";
  if (!span.end) return "; it does not reset";
  const auto* verb = period.kind == model::PeriodKind::once ? "; ends " : "; resets ";
  return verb + local_text(zones, period.zone, *span.end) + " " + period.zone;
}

std::string refusal_message(const model::Limit& limit, const PeriodSpan& span, const base::Zones& zones) {
  std::string reached = "Data limit reached.";
  if (limit.period.kind == model::PeriodKind::rolling) return reached + " Old use drops out hour by hour.";
  if (!span.end || limit.period.zone.size() > 64) return reached;
  return reached + " It resets " + local_text(zones, limit.period.zone, *span.end) + " " + limit.period.zone + ".";
}

}  // namespace davylamp::core
