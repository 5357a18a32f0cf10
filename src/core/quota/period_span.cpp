#include "core/quota/period_span.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>

namespace davylamp::core {
namespace {

using std::chrono::local_days;
using LocalSeconds = std::chrono::local_seconds;

constexpr base::Seconds minute{60};
constexpr base::Seconds hour{3'600};
constexpr base::Seconds day{86'400};
// More than any zone was ever away from UTC.
constexpr base::Seconds furthest_offset{26 * 3'600};

base::ZoneSpan span_at(const base::Zones& zones, const std::string& zone, base::Time at) {
  const auto span = zones.span(zone, at);
  return span ? *span : base::ZoneSpan{base::Time::min(), base::Time::max(), base::Seconds{0}};
}

base::Time utc_of(LocalSeconds local, base::Seconds offset) {
  return base::Time{local.time_since_epoch() - offset};
}

// The first moment at which the zone's clocks show `local` or later.
base::Time first_moment(const base::Zones& zones, const std::string& zone, LocalSeconds local) {
  auto span = span_at(zones, zone, utc_of(local, base::Seconds{0}) - furthest_offset);
  for (;;) {
    const auto at = std::max(utc_of(local, span.offset), span.begin);
    if (at < span.end || span.end == base::Time::max()) return base::floor_to(at, minute);
    span = span_at(zones, zone, span.end);
  }
}

local_days date_at(const base::Zones& zones, const std::string& zone, base::Time at) {
  const auto offset = span_at(zones, zone, at).offset;
  return std::chrono::floor<std::chrono::days>(
      LocalSeconds{std::chrono::floor<base::Seconds>(at).time_since_epoch() + offset});
}

// Day `anchor` of `month`, or its last day.
local_days anchored(std::chrono::year_month month, std::uint32_t anchor) {
  const std::chrono::year_month_day_last last{month.year(), std::chrono::month_day_last{month.month()}};
  const auto fits = std::min(std::chrono::day{std::clamp(anchor, 1U, 31U)}, last.day());
  return local_days{month / fits};
}

std::chrono::year_month month_of(local_days date) {
  const std::chrono::year_month_day parts{date};
  return parts.year() / parts.month();
}

// The first day of the period that holds `date`, and then of the one `steps` after it.
local_days first_day(const model::Period& period, local_days date, int steps) {
  switch (period.kind) {
    case model::PeriodKind::week: {
      const auto since_monday = std::chrono::weekday{date} - std::chrono::Monday;
      return date - since_monday + std::chrono::days{7} * steps;
    }
    case model::PeriodKind::month:
    case model::PeriodKind::anniversary: {
      const auto anchor = period.kind == model::PeriodKind::month ? 1 : period.anchor_day;
      auto month = month_of(date);
      if (anchored(month, anchor) > date) month -= std::chrono::months{1};
      return anchored(month + std::chrono::months{steps}, anchor);
    }
    case model::PeriodKind::day:
    case model::PeriodKind::rolling:
    case model::PeriodKind::once:
      break;
  }
  return date + std::chrono::days{steps};
}

PeriodSpan calendar_period(const model::Period& period, const base::Zones& zones, base::Time now) {
  const auto date = date_at(zones, period.zone, now);
  const auto begin = [&](int steps) { return first_moment(zones, period.zone, first_day(period, date, steps)); };
  // Where clocks are set back over midnight, the date alone does not tell on which side of it we are.
  int steps = 0;
  while (begin(steps) > now) --steps;
  while (begin(steps + 1) <= now) ++steps;
  return {begin(steps), begin(steps + 1)};
}

}  // namespace

PeriodSpan period_at(const model::Period& period, const base::Zones& zones, base::Time now) {
  if (period.kind == model::PeriodKind::once) {
    PeriodSpan span{base::floor_to(period.starts_at.value_or(base::Time{}), minute), {}};
    if (period.ends_at) span.end = base::floor_to(*period.ends_at, minute);
    return span;
  }
  if (period.kind == model::PeriodKind::rolling) {
    const auto days = std::clamp(period.days, 1U, 366U);
    return {base::floor_to(now, hour) + hour - days * day, {}};
  }
  return calendar_period(period, zones, now);
}

std::optional<PeriodSpan> period_before(const model::Period& period, const base::Zones& zones, const PeriodSpan& span) {
  if (period.kind == model::PeriodKind::once || period.kind == model::PeriodKind::rolling) return std::nullopt;
  return period_at(period, zones, span.start - base::Milliseconds{1});
}

std::optional<base::Time> next_change(const model::Period& period, const PeriodSpan& span, base::Time now) {
  if (period.kind == model::PeriodKind::once && now >= span.end.value_or(now)) return std::nullopt;
  if (period.kind == model::PeriodKind::rolling) return base::floor_to(now, hour) + hour;
  return span.end;
}

std::string local_text(const base::Zones& zones, const std::string& zone, base::Time at) {
  const auto offset = span_at(zones, zone, at).offset;
  const LocalSeconds local{std::chrono::floor<base::Seconds>(at).time_since_epoch() + offset};
  const auto date = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day parts{date};
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(local - date).count();
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(parts.year()),
                static_cast<unsigned>(parts.month()), static_cast<unsigned>(parts.day()),
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  return text.data();
}

}  // namespace davylamp::core
