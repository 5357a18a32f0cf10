#include "store/series.hpp"

#include <algorithm>
#include <array>

#include "base/result.hpp"
#include "store/stored_form.hpp"

namespace davylamp::store {
namespace {

base::Time ceil_to(base::Time time, base::Seconds step) {
  const auto floor = base::floor_to(time, step);
  return floor == time ? floor : floor + step;
}

// Cuts off the edges that are no whole steps of `coarse`, and gives them to `fine`.
struct Cut {
  TierSpan before;
  TierSpan middle;
  TierSpan after;
};
Cut cut(const TierSpan& span, base::Seconds coarse) {
  const auto first = std::min(ceil_to(span.from, coarse), span.to);
  const auto last = std::max(base::floor_to(span.to, coarse), first);
  return {{span.tier, span.from, first}, {coarse, first, last}, {span.tier, last, span.to}};
}

}  // namespace

base::Seconds tier_of(std::uint64_t step_seconds) {
  if (step_seconds == 0) throw base::Failure("bad_step", "a history needs steps of at least one second");
  const auto step = base::Seconds(static_cast<std::int64_t>(clamped(step_seconds)));
  return step < hour ? minute : step < day ? hour : day;
}

contract::HistorySeries history(std::span<const LoadRow> rows, std::uint64_t step_seconds) {
  contract::HistorySeries series{.step_seconds = step_seconds, .points = {}};
  const auto step = base::Seconds(static_cast<std::int64_t>(step_seconds));
  for (std::size_t i = 0; i < rows.size();) {
    contract::HistoryPoint sum{.at = rows[i].at};
    for (; i < rows.size() && rows[i].at == sum.at; ++i) {
      sum.rx_bytes = saturating_sum(sum.rx_bytes, rows[i].rx_bytes);
      sum.tx_bytes = saturating_sum(sum.tx_bytes, rows[i].tx_bytes);
      sum.sessions = saturating_sum(sum.sessions, rows[i].sessions);
    }
    const auto at = base::floor_to(sum.at, step);
    if (series.points.empty() || series.points.back().at != at) series.points.push_back({.at = at});
    auto& point = series.points.back();
    point.rx_bytes = saturating_sum(point.rx_bytes, sum.rx_bytes);
    point.tx_bytes = saturating_sum(point.tx_bytes, sum.tx_bytes);
    point.sessions = std::max(point.sessions, sum.sessions);
  }
  return series;
}

std::uint64_t traffic_step(base::Time first, base::Time last, std::size_t most_points) {
  constexpr std::array<std::int64_t, 13> round{60,   120,  300,    600,    900,    1200,  1800,
                                               3600, 7200, 10'800, 21'600, 43'200, 86'400};
  const auto fits = [&](std::int64_t step) {
    const auto span = base::floor_to(last, base::Seconds(step)) - base::floor_to(first, base::Seconds(step));
    return static_cast<std::uint64_t>(span / base::Seconds(step)) < std::max<std::size_t>(most_points, 2);
  };
  const auto found = std::ranges::find_if(round, fits);
  if (found != round.end()) return static_cast<std::uint64_t>(*found);
  auto step = day.count();
  while (!fits(step)) step *= 2;
  return static_cast<std::uint64_t>(step);
}

base::Seconds user_traffic_step(base::Time from, base::Time to) {
  return to - from <= 31 * day ? hour : day;
}

contract::TrafficSeries traffic(std::span<const contract::TrafficPoint> points, std::uint64_t step_seconds) {
  contract::TrafficSeries series{.step_seconds = step_seconds, .points = {}};
  for (const auto& from : points) {
    const auto at = base::floor_to(from.at, base::Seconds(static_cast<std::int64_t>(step_seconds)));
    if (series.points.empty() || series.points.back().at != at) series.points.push_back({.at = at});
    auto& point = series.points.back();
    point.rx_bytes = saturating_sum(point.rx_bytes, from.rx_bytes);
    point.tx_bytes = saturating_sum(point.tx_bytes, from.tx_bytes);
  }
  return series;
}

std::vector<TierSpan> tier_spans(base::Time from, base::Time to) {
  const auto minutes =
      cut({minute, base::floor_to(from, minute), std::max(ceil_to(to, minute), base::floor_to(from, minute))}, hour);
  const auto hours = cut(minutes.middle, day);
  std::vector<TierSpan> spans;
  for (const auto& span : {minutes.before, hours.before, hours.middle, hours.after, minutes.after}) {
    if (span.from < span.to) spans.push_back(span);
  }
  return spans;
}

}  // namespace davylamp::store
