#include "core/alerts/site_watch.hpp"

#include <algorithm>
#include <utility>

#include "core/alerts/wording.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;
using model::Presence;

constexpr std::size_t fewest = 3;
constexpr std::size_t most_lines = 20;

Topic site_topic(const std::string& site) {
  return {ConditionKind::site_down, site, {}};
}

}  // namespace

Topic SiteWatch::hub_topic() {
  return {ConditionKind::site_down, "hub", "hub"};
}

bool SiteWatch::Member::silent() const {
  return presence == Presence::down || presence == Presence::late;
}

bool SiteWatch::Member::expected() const {
  return silent() || presence == Presence::alive;
}

void SiteWatch::hear(const model::Agent& agent, base::Time now) {
  auto& member = members_[agent.settings.name];
  const auto before = member.presence;
  member.site = agent.settings.site;
  member.presence = agent.presence;
  member.interval = base::Seconds{agent.interval_seconds};
  const auto grace = base::Seconds{agent.settings.grace_seconds};
  member.window = member.interval + (grace.count() == 0 ? 2 * member.interval : grace);
  if (before == agent.presence) return;
  if (member.silent()) member.silent_at = agent.due_at.value_or(now);
  if (agent.presence == Presence::down) fallen_.insert(agent.settings.name);
}

void SiteWatch::forget(const std::string& agent) {
  members_.erase(agent);
  fallen_.erase(agent);
  for (auto& [topic, outage] : outages_) outage.agents.erase(agent);
}

void SiteWatch::restore(const Topic& topic, const std::set<std::string>& agents, base::Time since) {
  outages_[topic] = {agents, since, agents.size(), {}};
  moved_.insert(topic);
}

bool SiteWatch::in_scope(const Topic& topic, const Member& member) const {
  return topic == hub_topic() || (!member.site.empty() && topic.subject == member.site);
}

// Those that were down long before are nobody's business here: they are neither silent together nor part of the whole.
bool SiteWatch::begin(const Topic& topic, const Member& fallen) {
  std::set<std::string> silent;
  std::set<std::string> sites;
  std::size_t all = 0;
  for (const auto& [name, member] : members_) {
    if (!member.expected() || !in_scope(topic, member)) continue;
    const auto apart = std::chrono::abs(member.silent_at - fallen.silent_at);
    const bool together = member.silent() && apart <= std::max(member.window, fallen.window);
    if (member.silent() && !together) continue;
    ++all;
    if (!together) continue;
    silent.insert(name);
    sites.insert(member.site);
  }
  if (silent.size() < fewest || silent.size() * 2 < all) return false;
  const bool one_site = sites.size() == 1 && !sites.begin()->empty();
  if (topic == hub_topic() && one_site) return false;
  outages_[topic] = {std::move(silent), fallen.silent_at, all, {}};
  moved_.insert(topic);
  return true;
}

void SiteWatch::join(const Topic& topic, Outage& outage) {
  for (const auto& name : fallen_) {
    const auto& member = members_.at(name);
    if (!in_scope(topic, member) || member.silent_at - outage.since > member.window) continue;
    if (outage.agents.insert(name).second) moved_.insert(topic);
  }
}

// Where more are alive than silent nothing can begin: told by one count for all who fell.
std::map<Topic, std::int64_t> SiteWatch::surplus() const {
  std::map<Topic, std::int64_t> surplus;
  for (const auto& [name, member] : members_) {
    if (!member.expected()) continue;
    const int weight = member.silent() ? 1 : -1;
    surplus[hub_topic()] += weight;
    if (!member.site.empty()) surplus[site_topic(member.site)] += weight;
  }
  return surplus;
}

void SiteWatch::judge_fallen() {
  if (fallen_.empty()) return;
  const auto most_silent = surplus();
  const auto may_begin = [&](const Topic& topic) { return !outages_.contains(topic) && most_silent.at(topic) >= 0; };
  for (const auto& name : std::exchange(fallen_, {})) {
    const auto& fallen = members_.at(name);
    const auto hub = outages_.find(hub_topic());
    if (hub != outages_.end() && hub->second.agents.contains(name)) continue;
    if (!fallen.silent()) continue;
    if (may_begin(hub_topic()) && begin(hub_topic(), fallen)) continue;
    if (!fallen.site.empty() && may_begin(site_topic(fallen.site))) begin(site_topic(fallen.site), fallen);
  }
}

bool SiteWatch::over(Outage& outage, base::Time now) const {
  std::size_t silent = 0;
  base::Seconds settle{0};
  for (const auto& name : outage.agents) {
    const auto member = members_.find(name);
    if (member == members_.end()) continue;
    // One that is waited for since the program came back has not been heard yet.
    if (member->second.silent() || member->second.presence == Presence::waiting) ++silent;
    settle = std::max(settle, member->second.interval);
  }
  if (silent == 0) return true;
  if (silent * 2 >= outage.agents.size()) {
    outage.settling_since.reset();
    return false;
  }
  if (!outage.settling_since) outage.settling_since = now;
  return now - *outage.settling_since > settle;
}

std::vector<Sign> SiteWatch::judge(base::Time now) {
  for (auto& [topic, outage] : outages_) join(topic, outage);
  judge_fallen();
  std::vector<Sign> signs;
  for (auto outage = outages_.begin(); outage != outages_.end();) {
    const bool ended = over(outage->second, now);
    if (ended || moved_.contains(outage->first)) signs.push_back(sign_of(outage->first, outage->second, !ended));
    outage = ended ? outages_.erase(outage) : std::next(outage);
  }
  moved_.clear();
  return signs;
}

Sign SiteWatch::sign_of(const Topic& topic, const Outage& outage, bool holds) const {
  Sign sign;
  sign.topic = topic;
  sign.holds = holds;
  sign.since = outage.since;
  const auto of = std::max(outage.of, outage.agents.size());
  sign.values = {{"subject", topic.subject},
                 {"count", std::to_string(outage.agents.size())},
                 {"limit", std::to_string(of)},
                 {"since", std::to_string(base::to_unix_seconds(outage.since))}};
  if (topic != hub_topic()) sign.values["site"] = topic.subject;
  for (const auto& name : outage.agents) {
    if (sign.evidence.size() == most_lines) {
      const auto more = std::to_string(outage.agents.size() - most_lines);
      sign.evidence.push_back({"agents", more + " more", {}, false, "They are silent, too."});
      break;
    }
    const auto member = members_.find(name);
    const auto at = member == members_.end() ? outage.since : member->second.silent_at;
    sign.evidence.push_back({"agent", name, {}, false, "Its heartbeat was due at " + utc_text(at) + "."});
  }
  return sign;
}

std::vector<Topic> SiteWatch::explain(const std::string& agent) const {
  std::vector<Topic> found;
  const auto has = [&](const Topic& topic) {
    const auto outage = outages_.find(topic);
    return outage != outages_.end() && outage->second.agents.contains(agent);
  };
  const auto member = members_.find(agent);
  if (has(hub_topic())) found.push_back(hub_topic());
  if (member != members_.end() && has(site_topic(member->second.site)))
    found.push_back(site_topic(member->second.site));
  return found;
}

std::optional<std::string> SiteWatch::site_of(const std::string& agent) const {
  const auto member = members_.find(agent);
  if (member == members_.end() || member->second.site.empty()) return {};
  return member->second.site;
}

}  // namespace davylamp::core
