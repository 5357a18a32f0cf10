#include "core/outlook/series_watch.hpp"

#include <utility>

namespace davylamp::core {
namespace {

// Counters are committed in slices: a rate over less would be of slices.
constexpr base::Seconds flow_over{60};

std::string agent_subject(const std::string& name) {
  return "agent " + name;
}

}  // namespace

void SeriesWatch::learn(const std::vector<PastHour>& hours) {
  for (const auto& [what, subject, at, mean] : hours) outlook_.learn_hour(what, subject, at, mean);
}

void SeriesWatch::load(const std::string& server, base::Time now, std::uint64_t sessions) {
  outlook_.add(series::sessions, server, now, static_cast<double>(sessions));
  auto& flow = flows_[server];
  if (flow.since == base::Time{} || now < flow.since) flow = {0, now};
  if (now - flow.since < flow_over) return;
  const auto seconds = std::chrono::duration<double>(now - flow.since).count();
  outlook_.add(series::throughput, server, now, static_cast<double>(flow.bytes) * 8 / seconds);
  flow = {0, now};
}

void SeriesWatch::moved(const std::string& server, const model::Counters& bytes) {
  const auto found = flows_.find(server);
  if (found != flows_.end()) found->second.bytes += bytes.rx_bytes + bytes.tx_bytes;
}

void SeriesWatch::hear(const model::Agent& agent) {
  const auto subject = agent_subject(agent.settings.name);
  auto& last = last_points_[agent.settings.name];
  for (const auto& point : agent.points) {
    if (point.at <= last) continue;
    last = point.at;
    if (point.latency_milliseconds) outlook_.add(series::latency, subject, point.at, *point.latency_milliseconds);
    if (agent.link)
      outlook_.add(series::throughput, subject, point.at, static_cast<double>(point.rx_bps + point.tx_bps));
  }
}

void SeriesWatch::forget_agent(const std::string& name) {
  outlook_.forget(agent_subject(name));
  last_points_.erase(name);
}

}  // namespace davylamp::core
