#include "app/agent_history.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "core/agents/histogram.hpp"

namespace davylamp::app {
namespace {

constexpr base::Seconds hour{3'600};
constexpr base::Seconds day{86'400};
constexpr std::array<std::uint32_t, 4> uptime_days{1, 7, 30, 90};
constexpr std::uint32_t pattern_days = 30;
constexpr std::uint32_t path_days = 7;

// An hour that is cut by the beginning of the span counts whole.
bool within(const model::AgentHour& row, std::uint32_t days, base::Time now) {
  return row.at + hour > now - days * day;
}

model::Percentiles percentiles(const core::Histogram& histogram) {
  return {histogram.percentile(0.5), histogram.percentile(0.9), histogram.percentile(0.99)};
}

// What is measured on the path, over several hours.
struct Path {
  core::Histogram latency;
  core::Histogram jitter;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;

  void add(const model::AgentHour& row) {
    latency.add(row.latency_counts);
    jitter.add(row.jitter_counts);
    sent += row.probes_sent;
    received += row.probes_received;
  }
  std::optional<double> loss() const {
    if (sent == 0) return std::nullopt;
    return static_cast<double>(sent - std::min(sent, received)) / static_cast<double>(sent);
  }
};

std::vector<model::AgentUptime> uptimes(const std::vector<model::AgentHour>& hours, base::Time now) {
  std::vector<model::AgentUptime> all;
  for (const auto days : uptime_days) {
    auto& sum = all.emplace_back();
    sum.days = days;
    for (const auto& row : hours) {
      if (!within(row, days, now)) continue;
      sum.up_seconds += row.up_seconds;
      sum.down_seconds += row.down_seconds;
      sum.leaking_seconds += row.leaking_seconds;
    }
  }
  return all;
}

std::vector<model::AgentDay> days_of(const std::vector<model::AgentHour>& hours) {
  std::vector<model::AgentDay> days;
  for (const auto& row : hours) {
    const auto at = base::floor_to(row.at, day);
    if (days.empty() || days.back().at != at) days.push_back({.at = at});
    days.back().up_seconds += row.up_seconds;
    days.back().down_seconds += row.down_seconds;
    days.back().leaking_seconds += row.leaking_seconds;
  }
  return days;
}

// The first of January 1970 was a Thursday.
std::pair<std::uint32_t, std::uint32_t> weekday_and_hour(base::Time at) {
  const auto hours = base::to_unix_seconds(at) / hour.count();
  return {static_cast<std::uint32_t>((hours / 24 + 3) % 7), static_cast<std::uint32_t>(hours % 24)};
}

std::vector<model::AgentPatternHour> pattern_of(const std::vector<model::AgentHour>& hours, base::Time now) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, model::AgentPatternHour> cells;
  for (const auto& row : hours) {
    if (!within(row, pattern_days, now)) continue;
    const auto key = weekday_and_hour(row.at);
    auto& cell = cells[key];
    std::tie(cell.weekday, cell.hour) = key;
    cell.up_seconds += row.up_seconds;
    cell.down_seconds += row.down_seconds;
  }
  std::vector<model::AgentPatternHour> pattern;
  for (const auto& [key, cell] : cells) pattern.push_back(cell);
  return pattern;
}

}  // namespace

model::AgentHistory agent_history(const std::vector<model::AgentHour>& hours, base::Time now) {
  Path path;
  for (const auto& row : hours) {
    if (within(row, path_days, now)) path.add(row);
  }
  return {.uptime = uptimes(hours, now),
          .days = days_of(hours),
          .pattern = pattern_of(hours, now),
          .latency = percentiles(path.latency),
          .jitter = percentiles(path.jitter),
          .loss = path.loss()};
}

std::vector<model::ExitComparison> compare_exits(const std::vector<model::AgentHour>& hours) {
  struct Exit {
    model::ExitComparison sum;
    std::set<std::string> agents;
    Path path;
  };
  std::map<std::pair<std::string, std::uint32_t>, Exit> exits;
  for (const auto& row : hours) {
    if (!row.exit_country && !row.exit_asn) continue;
    auto& exit = exits[{row.exit_country.value_or(""), row.exit_asn.value_or(0)}];
    exit.sum.country_code = row.exit_country;
    exit.sum.asn = row.exit_asn;
    if (row.exit_network) exit.sum.network = row.exit_network;
    exit.sum.up_seconds += row.up_seconds;
    exit.sum.down_seconds += row.down_seconds;
    exit.agents.insert(row.agent);
    exit.path.add(row);
  }
  std::vector<model::ExitComparison> all;
  for (auto& [key, exit] : exits) {
    exit.sum.agents = static_cast<std::uint32_t>(exit.agents.size());
    exit.sum.latency = percentiles(exit.path.latency);
    exit.sum.loss = exit.path.loss();
    all.push_back(std::move(exit.sum));
  }
  std::ranges::sort(all, std::ranges::greater(),
                    [](const auto& exit) { return std::pair(exit.agents, exit.up_seconds); });
  return all;
}

}  // namespace davylamp::app
