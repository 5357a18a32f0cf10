#include "core/agents/hours.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <tuple>

namespace davylamp::core {
namespace {

using Counts = std::array<std::uint16_t, model::AgentHour::buckets>;

void count(Counts& counts, std::size_t bucket, std::uint64_t by = 1) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint16_t>::max();
  counts[bucket] = static_cast<std::uint16_t>(std::min(most, counts[bucket] + by));
}

void count_row(Counts& counts, std::span<const std::uint32_t> row) {
  for (std::size_t i = 0; i < std::min(row.size(), counts.size()); ++i) count(counts, i, row[i]);
}

// Without the empty buckets at the end.
std::vector<std::uint32_t> trimmed(const Counts& counts) {
  auto end = counts.size();
  while (end > 0 && counts[end - 1] == 0) --end;
  return {counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

void count_exit(HourCounts& hour, const model::Place& place) {
  const auto same = std::ranges::find_if(hour.exits, [&](const ExitTally& tally) {
    return tally.country_code == place.country_code && tally.asn == place.asn;
  });
  if (same != hour.exits.end()) {
    ++same->heartbeats;
  } else if (hour.exits.size() < HourCounts::most_exits) {
    hour.exits.push_back({place.country_code, place.asn, place.network, 1});
  }
}

}  // namespace

model::PathPoint path_point(const model::Heartbeat& heartbeat, base::Time at) {
  model::PathPoint point;
  point.at = at;
  std::vector<double> latencies;
  std::vector<double> jitters;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  for (const auto& path : heartbeat.paths) {
    if (path.latency_milliseconds) latencies.push_back(*path.latency_milliseconds);
    if (path.jitter_milliseconds) jitters.push_back(*path.jitter_milliseconds);
    sent += path.sent;
    received += std::min(path.received, path.sent);
  }
  point.latency_milliseconds = median(std::move(latencies));
  point.jitter_milliseconds = median(std::move(jitters));
  if (sent > 0) point.loss = static_cast<double>(sent - received) / static_cast<double>(sent);
  if (heartbeat.link) {
    point.rx_bps = heartbeat.link->rx_bps;
    point.tx_bps = heartbeat.link->tx_bps;
  }
  return point;
}

HourCounts& Hours::hour_of(base::Time at) {
  const auto hour = base::floor_to(at, base::Seconds{3600});
  const auto place = std::ranges::lower_bound(hours_, hour, {}, &HourCounts::at);
  if (place != hours_.end() && place->at == hour) return *place;
  const auto added = hours_.emplace(place);
  added->at = hour;
  return *added;
}

void Hours::restore(const model::AgentHour& row) {
  auto& hour = hour_of(row.at);
  hour.heartbeats = row.heartbeats;
  hour.probes_sent = row.probes_sent;
  hour.probes_received = row.probes_received;
  hour.rx_bytes = row.rx_bytes;
  hour.tx_bytes = row.tx_bytes;
  count_row(hour.latency, row.latency_counts);
  count_row(hour.jitter, row.jitter_counts);
  if (row.exit_country || row.exit_asn)
    hour.exits.push_back({row.exit_country, row.exit_asn, row.exit_network, std::max(row.heartbeats, 1U)});
}

void Hours::add(const model::Heartbeat& heartbeat, const model::PathPoint& point) {
  auto& hour = hour_of(point.at);
  ++hour.heartbeats;
  for (const auto& path : heartbeat.paths) {
    hour.probes_sent += path.sent;
    hour.probes_received += std::min(path.received, path.sent);
  }
  if (point.latency_milliseconds) count(hour.latency, bucket_of(*point.latency_milliseconds));
  if (point.jitter_milliseconds) count(hour.jitter, bucket_of(*point.jitter_milliseconds));
  const auto& exit = heartbeat.exit_v4 && heartbeat.exit_v4->address ? heartbeat.exit_v4 : heartbeat.exit_v6;
  if (exit && exit->place) count_exit(hour, *exit->place);
}

void Hours::add_bytes(base::Time at, std::uint64_t rx_bytes, std::uint64_t tx_bytes) {
  auto& hour = hour_of(at);
  hour.rx_bytes += rx_bytes;
  hour.tx_bytes += tx_bytes;
}

void Hours::forget_before(base::Time hour) {
  std::erase_if(hours_, [&](const HourCounts& counts) { return counts.at < hour; });
}

const HourCounts* Hours::find(base::Time hour) const {
  const auto place = std::ranges::lower_bound(hours_, hour, {}, &HourCounts::at);
  return place != hours_.end() && place->at == hour ? &*place : nullptr;
}

model::AgentHour row_of(const std::string& agent, base::Time hour, const HourCounts* counts) {
  model::AgentHour row;
  row.agent = agent;
  row.at = hour;
  if (counts == nullptr) return row;
  row.heartbeats = counts->heartbeats;
  row.probes_sent = counts->probes_sent;
  row.probes_received = counts->probes_received;
  row.latency_counts = trimmed(counts->latency);
  row.jitter_counts = trimmed(counts->jitter);
  row.rx_bytes = counts->rx_bytes;
  row.tx_bytes = counts->tx_bytes;
  // Of those that are equal the first by name, whatever came first.
  const auto most = std::ranges::max_element(counts->exits, {}, [](const ExitTally& tally) {
    return std::tuple(tally.heartbeats, tally.country_code, tally.asn);
  });
  if (most == counts->exits.end()) return row;
  row.exit_country = most->country_code;
  row.exit_asn = most->asn;
  row.exit_network = most->network;
  return row;
}

}  // namespace davylamp::core
