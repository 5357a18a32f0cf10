#include "core/agents/history.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/agents/histogram.hpp"

namespace davylamp::core {
namespace {

using model::AgentHour;

constexpr base::Seconds day_span{86'400};
constexpr double troubled_share = 0.9;
constexpr std::uint32_t least_hours_of_cell = 3;
constexpr std::uint32_t least_hours_compared = 24;

std::optional<double> share_of(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

// Local time as if it were UTC. Remembers the span it is in: hours come in order.
class LocalTime {
 public:
  LocalTime(const base::Zones& zones, std::string_view zone) : zones_(zones), zone_(zone) {}
  base::Result<base::Time> of(base::Time at) {
    if (!span_ || at < span_->begin || at >= span_->end) {
      const auto found = zones_.span(zone_, at);
      if (!found) return std::unexpected(found.error());
      span_ = *found;
    }
    return at + span_->offset;
  }
  // When the zone's clocks showed `local`: exact but for the hour of a change.
  base::Result<base::Time> to_utc(base::Time local) {
    const auto first = of(local);
    if (!first) return first;
    const auto guess = local - span_->offset;
    const auto second = of(guess);
    if (!second) return second;
    return local - span_->offset;
  }

 private:
  const base::Zones& zones_;
  std::string_view zone_;
  std::optional<base::ZoneSpan> span_;
};

struct Seconds {
  std::uint64_t up = 0;
  std::uint64_t down = 0;
  std::uint64_t leaking = 0;
  std::uint32_t hours = 0;
  void add(const AgentHour& hour) {
    up += hour.up_seconds;
    down += hour.down_seconds;
    leaking += hour.leaking_seconds;
    if (hour.up_seconds + hour.down_seconds > 0) ++hours;
  }
  std::uint64_t known() const { return up + down; }
};

DayState state_of(const Seconds& day) {
  if (day.leaking > 0) return DayState::leaking;
  if (day.known() == 0) return DayState::unknown;
  if (day.down == 0) return DayState::up;
  return *share_of(day.up, day.known()) > troubled_share ? DayState::troubled : DayState::down;
}

Percentiles percentiles_of(const Histogram& histogram) {
  return {histogram.percentile(0.5), histogram.percentile(0.95), histogram.percentile(0.99), histogram.count(),
          histogram.count() < least_looks};
}

class PathSum {
 public:
  void add(const AgentHour& hour) {
    latency_.add(hour.latency_counts);
    jitter_.add(hour.jitter_counts);
    sent_ += hour.probes_sent;
    received_ += hour.probes_received;
  }
  PathHistory history() const {
    return {percentiles_of(latency_), percentiles_of(jitter_), share_of(sent_ - std::min(received_, sent_), sent_),
            sent_};
  }

 private:
  Histogram latency_;
  Histogram jitter_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
};

struct Compared {
  Seconds seconds;
  PathSum path;
  std::set<std::string_view> agents;
  const AgentHour* newest = nullptr;
  void add(const AgentHour& hour) {
    seconds.add(hour);
    path.add(hour);
    agents.insert(hour.agent);
    if (newest == nullptr || hour.at >= newest->at) newest = &hour;
  }
  ExitComparison comparison() const {
    ExitComparison row;
    row.agents = static_cast<std::uint32_t>(agents.size());
    row.hours = seconds.hours;
    row.up_share = share_of(seconds.up, seconds.known());
    row.leaking_seconds = seconds.leaking;
    row.path = path.history();
    row.too_few = row.hours < least_hours_compared || row.path.latency.too_few;
    return row;
  }
};

template <class Key>
std::vector<ExitComparison> in_order(const std::map<Key, Compared>& all, auto name) {
  std::vector<ExitComparison> rows;
  for (const auto& [key, compared] : all) {
    rows.push_back(compared.comparison());
    name(rows.back(), key, *compared.newest);
  }
  std::ranges::sort(rows, [](const auto& one, const auto& other) {
    return std::tie(other.hours, one.country, one.asn) < std::tie(one.hours, other.country, other.asn);
  });
  return rows;
}

}  // namespace

Uptime uptime(HourSpan hours, std::uint32_t days, base::Time now) {
  const auto from = base::floor_to(now - days * day_span, base::Seconds{3600});
  Seconds sum;
  for (const auto& hour : hours) {
    if (hour.at >= from && hour.at <= now) sum.add(hour);
  }
  return {days, share_of(sum.up, sum.known()), sum.up, sum.down, sum.leaking, sum.known() < least_known_seconds};
}

base::Result<std::vector<DayBar>> day_bars(HourSpan hours, std::uint32_t count, base::Time now,
                                           const base::Zones& zones, std::string_view zone) {
  LocalTime local(zones, zone);
  const auto today = local.of(now);
  if (!today) return std::unexpected(today.error());
  const auto first = base::floor_to(*today, day_span) - (count - 1) * day_span;
  std::vector<Seconds> days(count);
  for (const auto& hour : hours) {
    const auto at = local.of(hour.at);
    if (!at) return std::unexpected(at.error());
    const auto index = (base::floor_to(*at, day_span) - first) / day_span;
    if (index >= 0 && index < count) days[static_cast<std::size_t>(index)].add(hour);
  }
  std::vector<DayBar> bars;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto at = local.to_utc(first + i * day_span);
    if (!at) return std::unexpected(at.error());
    bars.push_back({*at, state_of(days[i]), share_of(days[i].up, days[i].known()), days[i].down, days[i].leaking});
  }
  return bars;
}

base::Result<std::vector<PatternCell>> failure_pattern(HourSpan hours, const base::Zones& zones,
                                                       std::string_view zone) {
  constexpr std::int64_t cells = 7 * 24;
  LocalTime local(zones, zone);
  std::array<Seconds, cells> sums{};
  for (const auto& hour : hours) {
    const auto at = local.of(hour.at);
    if (!at) return std::unexpected(at.error());
    // 1970-01-01 was a Thursday.
    const auto cell = (base::to_unix_seconds(*at) / 3600 + std::int64_t{3} * 24) % cells;
    sums[static_cast<std::size_t>((cell + cells) % cells)].add(hour);
  }
  std::vector<PatternCell> pattern;
  for (std::uint32_t i = 0; i < cells; ++i) {
    const auto& sum = sums[i];
    pattern.push_back({i / 24, i % 24, sum.hours, share_of(sum.down, sum.known()), sum.hours < least_hours_of_cell});
  }
  return pattern;
}

PathHistory path_history(HourSpan hours) {
  PathSum sum;
  for (const auto& hour : hours) sum.add(hour);
  return sum.history();
}

std::vector<ExitComparison> compare_countries(HourSpan hours) {
  std::map<std::string, Compared> all;
  for (const auto& hour : hours) {
    if (hour.exit_country) all[*hour.exit_country].add(hour);
  }
  return in_order(all,
                  [](ExitComparison& row, const std::string& country, const AgentHour&) { row.country = country; });
}

std::vector<ExitComparison> compare_networks(HourSpan hours) {
  std::map<std::uint32_t, Compared> all;
  for (const auto& hour : hours) {
    if (hour.exit_asn) all[*hour.exit_asn].add(hour);
  }
  return in_order(all, [](ExitComparison& row, std::uint32_t asn, const AgentHour& newest) {
    row.asn = asn;
    row.network = newest.exit_network;
  });
}

}  // namespace davylamp::core
