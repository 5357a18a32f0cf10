// A time line for the rules of alerts: what happens, second by second, and who is told. For tests.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/codec.hpp"
#include "core/alerts/alert_engine.hpp"
#include "core/quota/testing_zones.hpp"

namespace davylamp::core {

class AlertScene {
 public:
  explicit AlertScene(base::Time start = base::from_unix_seconds(1'796'040'000)) : start_(start), now_(start) {
    channels = {{"telegram"}};
    alerting.rules = default_alert_rules();
    std::uint64_t id = 0;
    for (auto& rule : alerting.rules) rule.id = ++id;
    // A real server's pauses, without those that only make tables longer.
    for (auto& rule : alerting.rules) rule.clear_seconds = std::min<std::uint32_t>(rule.clear_seconds, 30);
    begin();
  }

  // Again from what was stored.
  void restart() {
    model::Checkpoint checkpoint;
    checkpoint.next_incident_id = next_incident_id_;
    checkpoint.next_delivery_id = deliveries.size() + 1;
    for (const auto& [id, incident] : stored) checkpoint.incidents.push_back(incident);
    for (const auto& [name, agent] : agents) checkpoint.agents.push_back(agent);
    checkpoint.open_sessions = open_sessions;
    engine_ = std::make_unique<AlertEngine>(zones_);
    engine_->set_channels(channels);
    engine_->restore(checkpoint, now_);
    engine_->set_alerting(alerting, now_);
  }
  void begin() {
    engine_ = std::make_unique<AlertEngine>(zones_);
    engine_->set_channels(channels);
    engine_->set_alerting(alerting, now_);
  }
  void set_alerting() { engine_->set_alerting(alerting, now_); }

  model::AlertRule& rule(model::ConditionKind condition) {
    return *std::ranges::find(alerting.rules, condition, &model::AlertRule::condition);
  }

  // Ticks each second, and takes what comes of it.
  void wait(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      now_ += base::Seconds{1};
      engine_->tick(now_);
      take();
    }
  }
  // Far ahead, in steps of a minute.
  void wait_minutes(int minutes, int step = 1) {
    for (int i = 0; i < minutes; i += step) {
      now_ += base::Seconds{60 * step};
      engine_->tick(now_);
      take();
    }
  }
  void hear(const model::Change& change) { engine_->hear(change, now_); }
  void take() {
    auto moves = engine_->take();
    for (auto& incident : moves.incidents) {
      next_incident_id_ = std::max(next_incident_id_, incident.id + 1);
      stored[incident.id] = incident;
    }
    for (auto& incident : moves.passing) passing[incident.id] = incident;
    for (auto& delivery : moves.deliveries) {
      told.push_back(line(delivery));
      deliveries.push_back(std::move(delivery));
    }
  }

  // An agent's state, told at once; taken with the next take() or wait().
  void agent(const std::string& name, model::Presence presence, std::vector<model::Finding> findings = {}) {
    hear(model::AgentChanged{set_agent(name, presence, std::move(findings))});
  }
  // What was true of it only until the next agent().
  void agent_passed(const std::string& name, model::Presence presence, std::vector<model::Finding> findings) {
    engine_->hear_passed(set_agent(name, presence, std::move(findings)), now_);
  }
  const model::Agent& set_agent(const std::string& name, model::Presence presence,
                                std::vector<model::Finding> findings) {
    auto& agent = agents[name];
    agent.settings.name = name;
    const auto dash = name.find('-');
    if (dash != std::string::npos) agent.settings.site = name.substr(0, dash);
    if (presence == model::Presence::alive) {
      agent.last_heard_at = now_;
      agent.due_at = now_ + base::Seconds{60};
      ++agent.heartbeats;
    }
    agent.presence = presence;
    agent.findings = std::move(findings);
    return agent;
  }
  model::Finding finding(model::FindingKind kind, const std::string& text = "because") const {
    return {kind, now_, now_, text, {}};
  }
  void server(const std::string& name, model::ServerState state) {
    model::Server server;
    server.name = name;
    server.state = state;
    server.health = "said so";
    server.since_at = now_;
    hear(model::ServerChanged{server});
  }
  model::Session session(std::uint64_t id, const std::string& user, const std::string& country = "DE") const {
    model::Session session;
    session.id = id;
    session.user = user;
    session.server = "udp";
    session.opened_at = now_;
    session.last_seen_at = now_;
    session.place.emplace();
    session.place->country_code = country;
    return session;
  }
  void opened(std::uint64_t id, const std::string& user, const std::string& country = "DE") {
    hear(model::SessionOpened{session(id, user, country)});
  }
  void closed(std::uint64_t id, const std::string& user) { hear(model::SessionClosed{session(id, user)}); }

  const model::Incident* last_of(model::ConditionKind condition) const {
    const model::Incident* found = nullptr;
    for (const auto& [id, incident] : stored) {
      if (incident.condition == condition) found = &incident;
    }
    return found;
  }
  std::size_t stored_of(model::ConditionKind condition) const {
    std::size_t count = 0;
    for (const auto& [id, incident] : stored) count += incident.condition == condition ? 1U : 0U;
    return count;
  }
  base::Time now() const { return now_; }
  void set_now(base::Time now) { now_ = now; }
  AlertEngine& engine() { return *engine_; }

  std::vector<AlertChannel> channels;
  model::Alerting alerting;
  std::map<std::uint64_t, model::Incident> stored;
  std::map<std::uint64_t, model::Incident> passing;
  std::vector<model::Delivery> deliveries;
  std::vector<std::string> told;  // "12 fired agent_down a", with " +2" others, " on email" when not telegram
  std::map<std::string, model::Agent> agents;
  std::vector<model::StoredSession> open_sessions;

 private:
  std::string line(const model::Delivery& delivery) const {
    const auto at = std::chrono::floor<base::Seconds>(delivery.made_at - start_).count();
    std::string text = std::to_string(at) + " " + std::string(base::json::enum_name(delivery.notice)) + " " +
                       std::string(base::json::enum_name(delivery.incident.condition)) + " " +
                       delivery.incident.subject;
    if (delivery.others > 0) text += " +" + std::to_string(delivery.others);
    if (delivery.channel != "telegram") text += " on " + delivery.channel;
    return text;
  }

  TestingZones zones_;
  base::Time start_;
  base::Time now_;
  std::uint64_t next_incident_id_ = 1;
  std::unique_ptr<AlertEngine> engine_;
};

using Told = std::vector<std::string>;

}  // namespace davylamp::core
