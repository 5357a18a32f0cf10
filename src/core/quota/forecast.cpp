#include "core/quota/forecast.hpp"

#include <algorithm>
#include <cmath>

namespace davylamp::core {
namespace {

constexpr double shortest_seconds = 3'600;
// A later end is none: nobody plans for it.
constexpr double furthest_seconds = 10 * 366 * 86'400.0;

double seconds(base::Milliseconds span) {
  return static_cast<double>(span.count()) / 1000;
}

std::optional<double> pace_of(const SoFar& so_far, base::Time now) {
  const auto elapsed = std::max(seconds(now - so_far.since), 1.0);
  const auto own = static_cast<double>(so_far.used_bytes) / elapsed;
  if (!so_far.last_pace || !so_far.end) return elapsed < shortest_seconds ? std::nullopt : std::optional(own);
  const auto length = std::max(seconds(*so_far.end - so_far.since), 1.0);
  const auto over = std::clamp(elapsed / length, 0.0, 1.0);
  return over * own + (1 - over) * *so_far.last_pace;
}

}  // namespace

Forecast forecast(const SoFar& so_far, base::Time now) {
  const auto pace = pace_of(so_far, now);
  if (!pace || now < so_far.since) return {};
  Forecast result;
  if (so_far.end) {
    const auto rest = std::max(seconds(*so_far.end - now), 0.0);
    result.forecast_bytes = so_far.used_bytes + static_cast<std::uint64_t>(std::llround(*pace * rest));
  }
  if (*pace <= 0 || so_far.used_bytes >= so_far.allowed_bytes) return result;
  const auto left = static_cast<double>(so_far.allowed_bytes - so_far.used_bytes) / *pace;
  if (left > furthest_seconds) return result;
  const auto at = base::floor_to(now + base::Milliseconds{static_cast<std::int64_t>(left * 1000)}, base::Seconds{1});
  if (!so_far.end || at < *so_far.end) result.runs_out_at = at;
  return result;
}

}  // namespace davylamp::core
