#include "core/rollup.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {
namespace {

constexpr base::Seconds minute_step{60};
constexpr std::int64_t most_minutes = 24 * 60;

}  // namespace

void Rollup::add(const std::string& server, base::Time at, const model::Counters& bytes) {
  servers_[server].minutes[base::floor_to(at, minute_step)].bytes += bytes;
}

void Rollup::add_late(const std::string& server, base::Time since, base::Time at, const model::Counters& bytes) {
  const auto last = base::floor_to(at, minute_step);
  const auto first =
      std::max(base::floor_to(std::min(since, at), minute_step), last - minute_step * (most_minutes - 1));
  const auto minutes = static_cast<std::uint64_t>((last - first) / minute_step) + 1;
  const model::Counters share{bytes.rx_bytes / minutes, bytes.tx_bytes / minutes};
  auto& target = servers_[server];
  target.steps[first].begins += share;
  target.steps[last].ends += share;
  target.minutes[last].bytes += {bytes.rx_bytes % minutes, bytes.tx_bytes % minutes};
}

void Rollup::load(const std::string& server, base::Time at, std::uint64_t sessions) {
  auto& minute = servers_[server].minutes[base::floor_to(at, minute_step)];
  minute.sessions = std::max(minute.sessions, sessions);
}

void Rollup::spread(ServerMinutes& server) {
  if (server.steps.empty()) return;
  model::Counters running;
  for (auto at = server.steps.begin()->first; at <= server.steps.rbegin()->first; at += minute_step) {
    const auto step = server.steps.find(at);
    if (step != server.steps.end()) running += step->second.begins;
    if (!running.is_zero()) server.minutes[at].bytes += running;
    if (step != server.steps.end()) running = running - step->second.ends;
  }
  server.steps.clear();
}

std::vector<model::ServerLoad> Rollup::take() {
  std::vector<model::ServerLoad> loads;
  for (auto& [name, server] : servers_) {
    spread(server);
    for (const auto& [at, minute] : server.minutes) loads.push_back({at, name, minute.sessions, minute.bytes});
    server.minutes.clear();
  }
  return loads;
}

}  // namespace davylamp::core
