#include "api/live_view.hpp"

#include <algorithm>
#include <utility>

#include "model/incident_subject.hpp"

namespace davylamp::api {
namespace {

// Keeps the greater counters of the two.
void replace(model::Session& target, const model::Session& source) {
  auto counters = target.counters();
  counters.raise_to(source.counters());
  const auto last_seen_at = std::max(target.last_seen_at, source.last_seen_at);
  target = source;
  target.rx_bytes = counters.rx_bytes;
  target.tx_bytes = counters.tx_bytes;
  target.last_seen_at = last_seen_at;
}

// Counters only grow; a report that is late says nothing of the rates.
template <class Report>
void raise(model::Session& session, const Report& report, bool late) {
  session.rx_bytes = std::max(session.rx_bytes, report.rx_bytes);
  session.tx_bytes = std::max(session.tx_bytes, report.tx_bytes);
  if (late) return;
  session.rx_bps = report.rx_bps;
  session.tx_bps = report.tx_bps;
  session.last_seen_at = report.last_seen_at;
}

bool is_newer(const model::SessionCounters& told, const model::Session& known) {
  return told.last_seen_at > known.last_seen_at || told.rx_bytes > known.rx_bytes || told.tx_bytes > known.tx_bytes ||
         (told.last_seen_at == known.last_seen_at && (told.rx_bps != known.rx_bps || told.tx_bps != known.tx_bps));
}

}  // namespace

void LiveView::reset(std::vector<model::Session> sessions, std::vector<model::Server> servers,
                     std::vector<model::Event> events) {
  loaded_ = true;
  sessions_.clear();
  servers_.clear();
  events_.clear();
  quotas_.clear();
  for (auto& session : sessions) {
    const auto id = session.id;
    sessions_.insert_or_assign(id, std::move(session));
  }
  for (auto& server : servers) {
    auto name = server.name;
    servers_.insert_or_assign(std::move(name), std::move(server));
  }
  for (auto& event : events) take(model::EventHappened{std::move(event)});
}

void LiveView::reset_alerting(std::vector<model::Agent> agents, std::vector<model::Incident> incidents) {
  agents_.clear();
  incidents_.clear();
  for (auto& agent : agents) take(model::AgentChanged{std::move(agent)});
  for (auto& incident : incidents) take(model::IncidentChanged{std::move(incident)});
}

void LiveView::apply(const std::vector<model::Change>& changes) {
  for (const auto& change : changes) apply_one(change);
}

bool LiveView::apply_one(const model::Change& change) {
  if (const auto* moved = std::get_if<model::SessionsMoved>(&change)) return take(*moved);
  std::visit([this](const auto& item) { take(item); }, change);
  return true;
}

const model::Session* LiveView::session(model::SessionId id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

const model::Server* LiveView::server(const std::string& name) const {
  const auto found = servers_.find(name);
  return found == servers_.end() ? nullptr : &found->second;
}

const model::Quota* LiveView::quota(const QuotaKey& key) const {
  const auto found = quotas_.find(key);
  return found == quotas_.end() ? nullptr : &found->second;
}

const model::HouseJob* LiveView::job(const std::string& name) const {
  const auto found = jobs_.find(name);
  return found == jobs_.end() ? nullptr : &found->second;
}

void LiveView::forget_user(const std::string& user) {
  std::erase_if(events_, [&](const model::Event& event) { return event.user == user; });
  std::erase_if(quotas_, [&](const auto& item) { return item.first.user == user; });
  std::erase_if(incidents_, [&](const auto& item) { return model::is_about_user(item.second, user); });
}

void LiveView::take(const model::SessionOpened& change) {
  const auto [place, is_new] = sessions_.try_emplace(change.session.id, change.session);
  if (!is_new) replace(place->second, change.session);
}

void LiveView::take(const model::SessionUpdated& change) {
  const auto found = sessions_.find(change.id);
  if (found == sessions_.end()) return;
  auto& session = found->second;
  const bool late = change.last_seen_at < session.last_seen_at;
  if (change.facts) replace(session, *change.facts);
  raise(session, change, late);
}

// Neighbours in the list are neighbours here, most of the time: looking at the next one spares the search.
bool LiveView::take(const model::SessionsMoved& change) {
  bool news = false;
  auto found = sessions_.end();
  for (const auto& counters : change.sessions) {
    if (found != sessions_.end()) ++found;
    if (found == sessions_.end() || found->first != counters.id) found = sessions_.find(counters.id);
    if (found == sessions_.end()) continue;
    auto& session = found->second;
    news = news || is_newer(counters, session);
    raise(session, counters, counters.last_seen_at < session.last_seen_at);
  }
  return news;
}

void LiveView::take(const model::SessionClosed& change) {
  sessions_.erase(change.session.id);
}

void LiveView::take(const model::ServerChanged& change) {
  servers_.insert_or_assign(change.server.name, change.server);
}

void LiveView::take(const model::EventHappened& change) {
  const auto newer = [](const model::Event& event, std::uint64_t id) { return event.id > id; };
  const auto place = std::lower_bound(events_.begin(), events_.end(), change.event.id, newer);
  if (place != events_.end() && place->id == change.event.id) return;
  events_.insert(place, change.event);
  if (events_.size() > most_events) events_.pop_back();
}

void LiveView::take(const model::QuotaChanged& change) {
  quotas_.insert_or_assign(QuotaKey{change.quota.limit_id, change.quota.user}, change.quota);
}

void LiveView::take(const model::QuotaGone& change) {
  quotas_.erase(QuotaKey{change.limit_id, change.user});
}

void LiveView::take(const model::JobChanged& change) {
  jobs_.insert_or_assign(change.job.name, change.job);
}

void LiveView::take(const model::LossesCounted& change) {
  losses_.insert_or_assign(change.role, change.losses);
}

void LiveView::take(const model::AgentChanged& change) {
  auto& agent = agents_[change.agent.settings.name];
  agent = change.agent;
  agent.last.reset();
  agent.memory = {};
}

void LiveView::take(const model::AgentGone& change) {
  agents_.erase(change.agent);
}

void LiveView::take(const model::IncidentChanged& change) {
  incidents_.insert_or_assign(change.incident.id, change.incident);
  if (incidents_.size() <= most_incidents) return;
  const auto resolved = std::ranges::find_if(
      incidents_, [](const auto& entry) { return entry.second.state == model::IncidentState::resolved; });
  incidents_.erase(resolved == incidents_.end() ? incidents_.begin() : resolved);
}

}  // namespace davylamp::api
