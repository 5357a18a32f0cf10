#include "app/outlook_history.hpp"

#include "core/agents/histogram.hpp"

namespace davylamp::app {
namespace {

constexpr base::Seconds hour{3'600};
constexpr base::Seconds looked_back{42 * 86'400};
constexpr double seconds_an_hour = 3'600;

void add_server(contract::StoreReader& reader, const std::string& server, base::Time now,
                std::vector<core::PastHour>& hours) {
  contract::HistoryQuery query{.from = now - looked_back, .to = now, .step_seconds = 3'600, .servers = {server}};
  for (const auto& point : reader.history(query).points) {
    // This hour is not over yet.
    if (point.at + hour > now) continue;
    hours.push_back({core::series::sessions, server, point.at, static_cast<double>(point.sessions)});
    const auto bits = static_cast<double>(point.rx_bytes + point.tx_bytes) * 8;
    hours.push_back({core::series::throughput, server, point.at, bits / seconds_an_hour});
  }
}

void add_agent_hour(const model::AgentHour& row, std::vector<core::PastHour>& hours) {
  const auto subject = "agent " + row.agent;
  core::Histogram latency;
  latency.add(row.latency_counts);
  if (const auto median = latency.percentile(0.5)) hours.push_back({core::series::latency, subject, row.at, *median});
  const auto bits = static_cast<double>(row.rx_bytes + row.tx_bytes) * 8;
  if (row.heartbeats > 0) hours.push_back({core::series::throughput, subject, row.at, bits / seconds_an_hour});
}

}  // namespace

std::vector<core::PastHour> read_history(contract::StoreReader& reader, const std::vector<std::string>& servers,
                                         base::Time now) {
  std::vector<core::PastHour> hours;
  for (const auto& server : servers) add_server(reader, server, now, hours);
  for (const auto& row : reader.agent_hours("", now - looked_back, now)) {
    if (row.at + hour <= now) add_agent_hour(row, hours);
  }
  return hours;
}

}  // namespace davylamp::app
