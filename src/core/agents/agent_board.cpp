#include "core/agents/agent_board.hpp"

#include <algorithm>
#include <iterator>

namespace davylamp::core {
namespace {

// Those without a site share nothing.
std::string site_key(const model::AgentSettings& settings) {
  return settings.site.empty() ? "agent " + settings.name : "site " + settings.site;
}

}  // namespace

void AgentBoard::restore(const std::vector<model::Agent>& agents, const std::vector<model::AgentHour>& hours,
                         base::Time now) {
  now_ = now;
  for (const auto& agent : agents) agents_.try_emplace(agent.settings.name, agent, canaries_);
  for (const auto& row : hours) {
    if (const auto found = agents_.find(row.agent); found != agents_.end()) found->second.restore_hour(row);
  }
  rebuild_sites();
  resume_all({}, now);
}

void AgentBoard::rebuild_sites() {
  sites_.clear();
  names_.clear();
  for (auto& [name, agent] : agents_) {
    names_.push_back(name);
    auto& site = sites_[site_key(agent.agent().settings)];
    site.add(agent.expected());
    for (const auto& real : agent.agent().memory.real_addresses) site.add(real);
    agent.set_site(site);
  }
}

void AgentBoard::resume_all(base::Time absent_from, base::Time now) {
  for (auto& [name, agent] : agents_) {
    const auto before = agent.wake_at();
    agent.resume(absent_from, now);
    follow(agent, before);
  }
}

void AgentBoard::follow(TrackedAgent& agent, base::Time before) {
  if (const auto at = agent.wake_at(); at != before) {
    wakes_.erase({before, &agent});
    if (at != base::Time::max()) wakes_.emplace(at, &agent);
  }
  if (agent.is_changed()) changed_.insert(agent.agent().settings.name);
  urgent_ |= agent.is_urgent();
}

void AgentBoard::add(const model::AgentSettings& settings, base::Time now) {
  auto& agent = agents_.try_emplace(settings.name, settings, canaries_).first->second;
  agent.set_site(sites_[site_key(settings)]);
  agent.resume(now, now);
  follow(agent, base::Time::max());
}

void AgentBoard::set_settings(const std::vector<model::AgentSettings>& settings, base::Time now) {
  now_ = std::max(now_, now);
  std::set<std::string_view> wanted;
  for (const auto& one : settings) wanted.insert(one.name);
  for (auto place = agents_.begin(); place != agents_.end();) {
    if (wanted.contains(place->first)) {
      ++place;
      continue;
    }
    gone_.push_back(place->first);
    changed_.erase(place->second.agent().settings.name);
    wakes_.erase({place->second.wake_at(), &place->second});
    place = agents_.erase(place);
  }
  for (const auto& one : settings) {
    const auto found = agents_.find(one.name);
    if (found == agents_.end()) {
      add(one, now);
      continue;
    }
    const auto before = found->second.wake_at();
    // Its name stays where changed_ looks at it.
    changed_.erase(found->second.agent().settings.name);
    found->second.set_settings(one, now);
    follow(found->second, before);
  }
  rebuild_sites();
  urgent_ |= !gone_.empty() || !changed_.empty();
  hear_strangers();
}

void AgentBoard::set_maintenance(const std::vector<std::string>& agents, base::Time now) {
  if (agents == maintenance_) return;
  std::set<std::string_view> under(agents.begin(), agents.end());
  for (auto& [name, agent] : agents_) {
    const auto before = agent.wake_at();
    agent.set_maintenance(under.contains(name), now);
    follow(agent, before);
  }
  maintenance_ = agents;
}

void AgentBoard::apply(const model::Heartbeat& heartbeat) {
  if (heartbeat.number != 0 && !numbers_.add(heartbeat.number)) return;
  const auto found = agents_.find(heartbeat.agent);
  if (found == agents_.end()) {
    strangers_.push_back(heartbeat);
    if (strangers_.size() <= most_strangers) return;
    strangers_.pop_front();
    ++dropped_heartbeats_;
    return;
  }
  hear(found->second, heartbeat);
}

// What nobody was told of yet is kept before it is gone: reports that come together are a moment each.
void AgentBoard::hear(TrackedAgent& agent, const model::Heartbeat& heartbeat) {
  std::optional<model::Agent> untold;
  if (agent.is_urgent() && !agent.agent().findings.empty()) untold = agent.agent();
  const auto before = agent.wake_at();
  agent.hear(heartbeat, std::max(now_, heartbeat.received_at));
  follow(agent, before);
  if (!untold) return;
  const auto& left = agent.agent().findings;
  const bool gone = std::ranges::any_of(untold->findings, [&](const model::Finding& finding) {
    return std::ranges::find(left, finding.kind, &model::Finding::kind) == left.end();
  });
  if (!gone) return;
  if (passed_.size() < most_passed) {
    passed_.push_back(std::move(*untold));
  } else {
    ++dropped_findings_;
  }
}

void AgentBoard::hear_strangers() {
  const auto waiting = std::exchange(strangers_, {});
  for (const auto& heartbeat : waiting) {
    const auto found = agents_.find(heartbeat.agent);
    if (found == agents_.end()) {
      ++dropped_heartbeats_;
      continue;
    }
    hear(found->second, heartbeat);
  }
}

void AgentBoard::apply(const model::CanarySighting& sighting) {
  const auto name = canaries_.add(sighting);
  const auto found = agents_.find(name);
  if (found == agents_.end()) return;
  const auto before = found->second.wake_at();
  found->second.hear_canary(std::max(now_, sighting.at));
  follow(found->second, before);
}

void AgentBoard::tick(base::Time now) {
  const bool started = now_ != base::Time{};
  const auto last = std::exchange(now_, now);
  if (started && (now - last > longest_between_ticks || now < last - most_back)) resume_all(last, now);
  while (!wakes_.empty() && wakes_.begin()->first <= now) {
    auto& agent = *wakes_.begin()->second;
    const auto before = agent.wake_at();
    agent.wake(now);
    follow(agent, before);
  }
  canaries_.forget(now);
}

AgentMoves AgentBoard::take() {
  AgentMoves moves;
  moves.changed.reserve(changed_.size());
  for (const auto name : changed_) {
    auto& agent = agents_.find(name)->second;
    auto rows = agent.take_hours(now_);
    std::ranges::move(rows, std::back_inserter(moves.hours));
    moves.changed.push_back(agent.agent());
  }
  changed_.clear();
  moves.passed = std::exchange(passed_, {});
  moves.gone = std::exchange(gone_, {});
  urgent_ = false;
  return moves;
}

const model::Agent* AgentBoard::find(std::string_view name) const {
  const auto found = agents_.find(name);
  return found == agents_.end() ? nullptr : &found->second.agent();
}

}  // namespace davylamp::core
