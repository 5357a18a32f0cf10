#include "core/alerts/alert_engine.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/alerts/agent_signs.hpp"
#include "core/alerts/rule_match.hpp"
#include "core/alerts/server_signs.hpp"
#include "core/alerts/warning_signs.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;

constexpr base::Seconds expiries_every{600};

Sign user_sign(ConditionKind condition, const model::Session& session) {
  Sign sign;
  sign.topic = {condition, session.user, {}};
  sign.holds = true;
  sign.look = session.id;
  sign.since = session.opened_at;
  sign.parent = "server " + session.server;
  sign.values = {{"subject", session.user}, {"detail", session.server}};
  if (session.place) {
    const auto& country = session.place->country ? session.place->country : session.place->country_code;
    if (country) sign.values["country"] = *country;
    if (session.place->city) sign.values["city"] = *session.place->city;
    if (session.place->network) sign.values["network"] = *session.place->network;
  }
  return sign;
}

}  // namespace

void AlertEngine::hear(const Sign& sign, base::Time now) {
  now_ = std::max(now_, now);
  auto found = cases_.find(sign.topic);
  if (found == cases_.end()) {
    if (!sign.holds) return;
    if (cases_.size() >= most_conditions) {
      ++conditions_dropped_;
      return;
    }
    found = cases_.try_emplace(sign.topic).first;
  }
  found->second.hear(sign, now);
  touched_.insert(sign.topic);
}

void AlertEngine::hear_all(const std::vector<Sign>& signs, base::Time now) {
  for (const auto& sign : signs) hear(sign, now);
}

void AlertEngine::hear(const model::Change& change, base::Time now) {
  now_ = std::max(now_, now);
  if (const auto* agent = std::get_if<model::AgentChanged>(&change)) hear_agent(agent->agent, now);
  if (const auto* gone = std::get_if<model::AgentGone>(&change)) {
    sites_.forget(gone->agent);
    hear_all(signs_without(gone->agent), now);
  }
  if (const auto* server = std::get_if<model::ServerChanged>(&change)) {
    if (!server->server.expiries.empty()) expiring_[server->server.name] = server->server;
    if (server->server.expiries.empty()) expiring_.erase(server->server.name);
    hear_all(signs_of(server->server, now), now);
  }
  if (const auto* quota = std::get_if<model::QuotaChanged>(&change)) hear_all(signs_of(quota->quota), now);
  if (const auto* gone = std::get_if<model::QuotaGone>(&change)) hear_quota_gone(*gone, now);
  if (const auto* event = std::get_if<model::EventHappened>(&change)) hear_all(signs_of(event->event), now);
  if (const auto* told = std::get_if<model::WarningTold>(&change)) hear(sign_of(told->warning), now);
  if (const auto* job = std::get_if<model::JobChanged>(&change)) hear_all(signs_of(job->job), now);
  if (const auto* opened = std::get_if<model::SessionOpened>(&change)) hear_opened(opened->session, now);
  if (const auto* closed = std::get_if<model::SessionClosed>(&change)) hear_closed(closed->session, now);
  if (const auto* updated = std::get_if<model::SessionUpdated>(&change); updated != nullptr && updated->facts) {
    if (users_.moved(*updated->facts)) hear_new_country(*updated->facts, now);
  }
}

void AlertEngine::hear_agent(const model::Agent& agent, base::Time now) {
  sites_.hear(agent, now);
  hear_all(signs_of(agent), now);
  // It may be what ends an outage.
  touched_.insert({ConditionKind::agent_down, agent.settings.name, {}});
}

void AlertEngine::hear_passed(const model::Agent& agent, base::Time now) {
  now_ = std::max(now_, now);
  hear_agent(agent, now_);
  if (ready_) settle(now_, false);
}

// Occasions of users are many: without a rule that asks for them they leave nothing behind.
bool AlertEngine::asked_for(ConditionKind condition, const std::string& subject) const {
  return rule_for(alerting_.rules, condition, subject) != nullptr;
}

void AlertEngine::hear_opened(const model::Session& session, base::Time now) {
  const auto opening = users_.opened(session);
  if (opening.new_country) hear_new_country(session, now);
  Sign there;
  there.topic = {ConditionKind::user_absent, session.user, {}};
  hear(there, now);
  if (session.adopted || !asked_for(ConditionKind::user_connected, session.user)) return;
  hear(user_sign(ConditionKind::user_connected, session), now);
}

void AlertEngine::hear_new_country(const model::Session& session, base::Time now) {
  if (!asked_for(ConditionKind::user_new_country, session.user)) return;
  auto sign = user_sign(ConditionKind::user_new_country, session);
  // One session may come to several.
  sign.look = static_cast<std::uint64_t>(now.time_since_epoch().count());
  sign.since = now;
  hear(sign, now);
}

void AlertEngine::hear_closed(const model::Session& session, base::Time now) {
  if (!users_.closed(session) || !asked_for(ConditionKind::user_disconnected, session.user)) return;
  auto sign = user_sign(ConditionKind::user_disconnected, session);
  sign.since = session.closed_at;
  hear(sign, now);
}

void AlertEngine::hear_quota_gone(const model::QuotaGone& gone, base::Time now) {
  std::vector<Sign> signs;
  for (const auto& [topic, life] : cases_) {
    if (topic.aspect != quota_aspect(gone.limit_id) || (!gone.user.empty() && topic.subject != gone.user)) continue;
    Sign sign;
    sign.topic = topic;
    sign.gone = true;
    signs.push_back(std::move(sign));
  }
  hear_all(signs, now);
}

// Days pass also where nothing changes.
void AlertEngine::hear_expiries(base::Time now) {
  if (now - expiries_at_ < expiries_every && now >= expiries_at_) return;
  expiries_at_ = now;
  for (const auto& [name, server] : expiring_) hear(signs_of(server, now).back(), now);
}

void AlertEngine::set_alerting(const model::Alerting& alerting, base::Time now) {
  now_ = std::max(now_, now);
  alerting_ = alerting;
  ready_ = true;
}

void AlertEngine::acknowledge(std::uint64_t incident_id, const std::string& by, base::Time now) {
  now_ = std::max(now_, now);
  auto* incident = book_.find(incident_id);
  if (incident == nullptr || incident->acknowledged_at) return;
  incident->acknowledged_at = now;
  incident->acknowledged_by = by;
  mark(*incident, now, "acknowledged", by);
  book_.touch(incident_id);
}

void AlertEngine::tick(base::Time now) {
  now_ = std::max(now_, now);
  if (!ready_) return;
  hear_expiries(now);
  hear_all(absences_.judge(alerting_.rules, users_, now), now);
  settle(now_, true);
  sweep(now_);
}

AlertMoves AlertEngine::take() {
  if (ready_ && !touched_.empty()) settle(now_, false);
  AlertMoves moves;
  for (auto& incident : book_.take()) {
    (incident.fired_at ? moves.incidents : moves.passing).push_back(std::move(incident));
  }
  moves.deliveries = std::exchange(made_, {});
  return moves;
}

std::vector<std::string> AlertEngine::in_maintenance(const std::vector<std::string>& agents, base::Time now) const {
  std::vector<std::string> covered;
  for (const auto& agent : agents) {
    if (core::in_maintenance(alerting_.silences, agent, sites_.site_of(agent), now)) covered.push_back(agent);
  }
  return covered;
}

}  // namespace davylamp::core
