// A hub with a clock and agents that report, for tests of the board.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/agents/agent_board.hpp"

namespace davylamp::core {

inline model::Address address(std::string_view text) {
  return model::Address::parse(text).value();
}

inline model::Place place(std::string country_code, std::uint32_t asn, std::string network = "Net") {
  model::Place place;
  place.country = country_code == "DE" ? "Germany" : country_code == "RO" ? "Romania" : country_code;
  place.country_code = std::move(country_code);
  place.asn = asn;
  place.network = std::move(network);
  return place;
}

inline model::ExitReport exit_report(std::string_view text, model::Place where, std::uint32_t agreeing = 3) {
  model::ExitReport exit{true, address(text), agreeing, agreeing, {}, std::move(where)};
  for (std::uint32_t i = 0; i < agreeing; ++i)
    exit.answers.push_back({"provider" + std::to_string(i), address(text), {}, {}, {}, {}, {}});
  return exit;
}

inline const model::Place vpn_place = place("RO", 9009, "M247");
inline const model::Place home_place = place("DE", 64500, "Nordlicht");
inline constexpr auto vpn_exit = "192.0.2.41";
inline constexpr auto home_address = "203.0.113.7";

class AgentLab {
 public:
  AgentLab() { start({}, {}); }

  model::AgentSettings& add(std::string name, std::string site = "home") {
    model::AgentSettings one;
    one.name = std::move(name);
    one.site = std::move(site);
    one.interval_seconds = 60;
    one.exit.learned = false;
    settings.push_back(std::move(one));
    return settings.back();
  }
  void lay_down() { board->set_settings(settings, now); }

  // A second at a time, as the hub does; rows and agents are stored.
  void pass(base::Seconds span) {
    for (auto left = span; left.count() > 0; left -= base::Seconds{1}) {
      now += base::Seconds{1};
      board->tick(now);
    }
    store();
  }
  void store() {
    auto moves = board->take();
    for (auto& agent : moves.changed) stored[agent.settings.name] = std::move(agent);
    for (auto& row : moves.hours) hours[{row.agent, row.at}] = std::move(row);
    for (const auto& name : moves.gone) stored.erase(name);
  }
  // The hub stops, and comes back later.
  void restart_after(base::Seconds span) {
    store();
    now += span;
    std::vector<model::Agent> agents;
    for (const auto& [name, agent] : stored) agents.push_back(agent);
    std::vector<model::AgentHour> rows;
    for (const auto& [key, row] : hours) rows.push_back(row);
    start(agents, rows);
  }

  // Everything is as it should be.
  model::Heartbeat sealed(std::string name) {
    model::Heartbeat heartbeat;
    heartbeat.number = ++number;
    heartbeat.agent = std::move(name);
    heartbeat.kind = model::HeartbeatKind::agent;
    heartbeat.received_at = heartbeat.measured_at = now;
    heartbeat.interval_seconds = 60;
    heartbeat.connected_from = address(vpn_exit);
    heartbeat.exit_v4 = exit_report(vpn_exit, vpn_place);
    heartbeat.exit_v6 = model::ExitReport{};
    heartbeat.resolver = resolver("192.0.2.53", vpn_place);
    heartbeat.paths.push_back({"hub", 10, 10, 20.0, 1.0});
    heartbeat.link = model::LinkReport{"tun0", true, "tun0", {}, 1'000 * number, 2'000 * number, 0, 0};
    return heartbeat;
  }
  static model::ResolverReport resolver(std::string_view at, const model::Place& where) {
    model::ResolverReport report{3, 3, {"10.8.0.1"}, {}, {}};
    for (const auto* method : {"whoami_google", "whoami_akamai"})
      report.seen.push_back({method, address(at), {}, {}, {}, where});
    return report;
  }
  // The tunnel is up, and nothing goes through it.
  model::Heartbeat passed_by(std::string name) {
    auto heartbeat = sealed(std::move(name));
    heartbeat.connected_from = address(home_address);
    heartbeat.exit_v4 = exit_report(home_address, home_place);
    heartbeat.resolver = resolver("203.0.113.53", home_place);
    heartbeat.link->default_v4 = "eth0";
    return heartbeat;
  }
  model::Heartbeat cut(std::string name) {
    auto heartbeat = passed_by(std::move(name));
    heartbeat.link = model::LinkReport{{}, false, "eth0", {}, 0, 0, 0, 0};
    return heartbeat;
  }
  void hear(const model::Heartbeat& heartbeat) { board->apply(heartbeat); }
  // So many reports, a minute apart.
  void hear_sealed(const std::string& name, int times) {
    for (int i = 0; i < times; ++i) {
      hear(sealed(name));
      pass(base::Seconds{60});
    }
  }

  const model::Agent& agent(std::string_view name) const { return *board->find(name); }
  std::vector<model::FindingKind> findings(std::string_view name) const {
    std::vector<model::FindingKind> kinds;
    for (const auto& finding : agent(name).findings) kinds.push_back(finding.kind);
    return kinds;
  }
  std::pair<std::uint64_t, std::uint64_t> up_and_down(std::string_view name) const {
    std::pair<std::uint64_t, std::uint64_t> sum;
    for (const auto& [key, row] : hours) {
      if (row.agent != name) continue;
      sum.first += row.up_seconds;
      sum.second += row.down_seconds;
    }
    return sum;
  }

  base::Time now = base::from_unix_seconds(1'795'003'200);  // an hour begins
  std::uint64_t number = 0;
  std::optional<AgentBoard> board;
  std::vector<model::AgentSettings> settings;
  std::map<std::string, model::Agent> stored;
  std::map<std::pair<std::string, base::Time>, model::AgentHour> hours;

 private:
  void start(const std::vector<model::Agent>& agents, const std::vector<model::AgentHour>& rows) {
    board.emplace();
    board->restore(agents, rows, now);
  }
};

}  // namespace davylamp::core
