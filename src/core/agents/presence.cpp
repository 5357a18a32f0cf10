#include "core/agents/presence.hpp"

#include <algorithm>

namespace davylamp::core {
namespace {

constexpr base::Milliseconds least_slack{1'000};
constexpr base::Milliseconds most_slack{30'000};

}  // namespace

std::uint32_t interval_in_force(const model::AgentSettings& settings, std::optional<std::uint32_t> said_seconds) {
  return std::clamp(said_seconds.value_or(settings.interval_seconds), shortest_interval_seconds,
                    longest_interval_seconds);
}

base::Milliseconds slack_of(std::uint32_t interval_seconds) {
  return std::clamp(base::Milliseconds{std::int64_t{interval_seconds} * 100}, least_slack, most_slack);
}

base::Milliseconds grace_of(const model::AgentSettings& settings, std::uint32_t interval_seconds) {
  const auto seconds = settings.grace_seconds != 0 ? settings.grace_seconds : 2 * interval_seconds;
  return base::Seconds{std::min(seconds, 7 * longest_interval_seconds)};
}

base::Time due_after(base::Time heard_at, std::uint32_t interval_seconds) {
  return heard_at + base::Seconds{interval_seconds} + slack_of(interval_seconds);
}

model::Presence presence_at(base::Time now, base::Time due_at, base::Milliseconds grace) {
  if (now < due_at) return model::Presence::alive;
  return now < due_at + grace ? model::Presence::late : model::Presence::down;
}

std::uint32_t bridge_seconds(const model::AgentSettings& settings, std::uint32_t interval_seconds) {
  const auto whole =
      base::Seconds{interval_seconds} + slack_of(interval_seconds) + grace_of(settings, interval_seconds);
  return static_cast<std::uint32_t>(std::chrono::ceil<base::Seconds>(whole).count());
}

}  // namespace davylamp::core
