#include "store/memory/writer.hpp"

#include <algorithm>
#include <set>

#include "base/result.hpp"
#include "store/agents_rules.hpp"
#include "store/memory/forget.hpp"
#include "store/series.hpp"
#include "store/stored_form.hpp"

namespace davylamp::memory {
namespace {

void add(model::Counters& sum, const model::Counters& bytes) {
  sum = {store::saturating_sum(sum.rx_bytes, bytes.rx_bytes), store::saturating_sum(sum.tx_bytes, bytes.tx_bytes)};
}

// Two open sessions of one peer would both count its bytes; checked before anything is changed.
void check_peers(const Tables& tables, const std::vector<contract::StoredSession>& sessions) {
  std::map<model::SessionId, const contract::StoredSession*> after;
  for (const auto& [id, stored] : tables.sessions) after[id] = &stored;
  for (const auto& stored : sessions) after[stored.session.id] = &stored;
  std::set<std::pair<model::SourceId, std::string>> peers;
  for (const auto& [id, stored] : after) {
    if (stored->session.state != model::SessionState::open) continue;
    if (!peers.emplace(stored->source, stored->peer).second) {
      throw base::Failure("store_failed",
                          "two open sessions have the peer " + stored->peer + " of " + stored->source.to_text());
    }
  }
}

void take_session(Tables& tables, const std::string& name) {
  auto& user = tables.users[name].row;
  if (user.sessions > 0) --user.sessions;
  if (user.sessions == 0 && user.rx_bytes == 0 && user.tx_bytes == 0) tables.users.erase(name);
}

void write(Tables& tables, const contract::StoredSession& given) {
  contract::StoredSession stored{given.source, given.peer, store::stored_form(given.session)};
  auto& session = stored.session;
  session.closed_at = store::closed_at(session);
  const auto before = tables.sessions.find(session.id);
  const bool kept = before != tables.sessions.end() && before->second.session.user == session.user;
  if (before != tables.sessions.end() && !kept) take_session(tables, before->second.session.user);

  auto [position, fresh] = tables.users.try_emplace(session.user);
  auto& user = position->second;
  if (fresh)
    user.row = {.user = session.user, .first_seen_at = session.opened_at, .last_seen_at = session.last_seen_at};
  user.row.sessions += kept ? 0 : 1;
  user.row.first_seen_at = std::min(user.row.first_seen_at, session.opened_at);
  user.row.last_seen_at = std::max(user.row.last_seen_at, session.last_seen_at);
  if (session.id >= user.latest_session_id) {
    user.latest_session_id = session.id;
    user.row.country_code = session.place ? session.place->country_code : std::nullopt;
  }
  tables.next_session_id = std::max(tables.next_session_id, session.id + 1);
  tables.sessions.insert_or_assign(session.id, std::move(stored));
}

void write(Tables& tables, const contract::EndpointSighting& sighting) {
  const auto first = store::whole_seconds(sighting.first_seen_at);
  const auto last = store::whole_seconds(sighting.last_seen_at);
  auto [position, fresh] = tables.endpoints.try_emplace(
      {sighting.session_id, sighting.endpoint},
      contract::EndpointRow{sighting.endpoint.address, sighting.endpoint.port, sighting.place, first, last});
  auto& row = position->second;
  row.first_seen_at = std::min(row.first_seen_at, first);
  row.last_seen_at = std::max(row.last_seen_at, last);
  if (sighting.place) row.place = sighting.place;
}

void write(Tables& tables, const contract::TrafficIncrement& increment) {
  if (increment.bytes.is_zero()) return;
  const auto at = base::floor_to(increment.at, store::minute);
  const auto hour = base::floor_to(at, store::hour);
  const auto day = base::floor_to(at, store::day);
  add(tables.traffic_minute[{at, increment.session_id}], increment.bytes);
  add(tables.traffic_hour[{hour, increment.user, increment.server}], increment.bytes);
  add(tables.traffic_day[{day, increment.user, increment.server}], increment.bytes);
  auto [position, fresh] = tables.users.try_emplace(increment.user);
  auto& user = position->second.row;
  const auto seen = store::whole_seconds(increment.at);
  if (fresh) user = {.user = increment.user, .first_seen_at = seen, .last_seen_at = seen};
  user.rx_bytes = store::saturating_sum(user.rx_bytes, increment.bytes.rx_bytes);
  user.tx_bytes = store::saturating_sum(user.tx_bytes, increment.bytes.tx_bytes);
}

void write(Tables& tables, const contract::StoredAttempt& stored) {
  const auto told = store::stored_form(stored.attempt);
  auto [position, fresh] = tables.attempts.try_emplace({told.hour_at, stored.source, stored.boot, told.number}, told);
  auto& row = position->second;
  row.count = std::max(row.count, told.count);
  row.first_at = std::min(row.first_at, told.first_at);
  row.last_at = std::max(row.last_at, told.last_at);
}

void raise(std::uint64_t& most, std::uint64_t sessions) {
  most = std::max(most, store::clamped(sessions));
}

void write(Tables& tables, const std::vector<contract::ServerLoad>& loads) {
  std::set<base::Time> minutes;
  for (const auto& load : loads) {
    const auto at = base::floor_to(load.at, store::minute);
    minutes.insert(at);
    for (auto [tier, step] : {std::pair(&tables.load_minute, store::minute),
                              {&tables.load_hour, store::hour},
                              {&tables.load_day, store::day}}) {
      auto& row = tier->loads[{base::floor_to(at, step), load.server}];
      raise(row.sessions, load.sessions);
      add(row.bytes, load.bytes);
    }
  }
  for (const auto at : minutes) {
    std::uint64_t sessions = 0;
    for (auto row = tables.load_minute.loads.lower_bound({at, {}});
         row != tables.load_minute.loads.end() && row->first.first == at; ++row) {
      sessions = store::saturating_sum(sessions, row->second.sessions);
    }
    raise(tables.load_hour.peaks[base::floor_to(at, store::hour)], sessions);
    raise(tables.load_day.peaks[base::floor_to(at, store::day)], sessions);
  }
}

// What the process role reckoned while an operator may have changed the rows again: theirs is newer.
void write_limits(Tables& tables, const contract::Batch& batch) {
  bool changed = false;
  for (const auto& period : batch.periods) {
    tables.usage_periods.emplace(std::tuple(period.limit_id, period.user, store::whole_seconds(period.start_at)),
                                 store::stored_form(period));
  }
  for (const auto& reset : batch.resets) {
    const auto found = tables.resets.find({reset.limit_id, reset.user});
    if (!reset.forgiven || found == tables.resets.end() || found->second.at != store::whole_seconds(reset.at)) continue;
    found->second.period_start_at = store::stored_form(reset).period_start_at;
    found->second.forgiven = store::stored_form(reset).forgiven;
    changed = true;
  }
  for (const auto& grant : batch.grants) {
    const auto found = tables.grants.find(grant.id);
    if (found == tables.grants.end() || found->second.spent_bytes >= grant.spent_bytes) continue;
    found->second.spent_bytes = store::clamped(grant.spent_bytes);
    changed = true;
  }
  if (changed) ++tables.limits_revision;
}

// Without what belongs to an agent that is not there any more.
void write_agents(Tables& tables, const contract::Batch& batch) {
  for (const auto& agent : batch.agents) {
    if (tables.agent_settings.contains(agent.settings.name)) tables.agents.insert_or_assign(agent.settings.name, agent);
  }
  for (const auto& hour : batch.agent_hours) {
    if (tables.agent_settings.contains(hour.agent))
      tables.agent_hours.insert_or_assign({hour.at, hour.agent}, store::stored_form(hour));
  }
}

void write_alerts(Tables& tables, const contract::Batch& batch) {
  for (const auto& incident : batch.incidents) {
    tables.next_incident_id = std::max(tables.next_incident_id, incident.id + 1);
    if (store::came_to_nothing(incident)) {
      tables.incidents.erase(incident.id);
    } else {
      tables.incidents.insert_or_assign(incident.id, incident);
    }
  }
  for (const auto& delivery : batch.deliveries) {
    tables.deliveries.insert_or_assign(delivery.id, delivery);
    tables.next_delivery_id = std::max(tables.next_delivery_id, delivery.id + 1);
  }
}

base::Time resolved_at(const model::Incident& incident) {
  return store::whole_seconds(incident.resolved_at.value_or(incident.since_at));
}

void load_agents(const Tables& tables, contract::Checkpoint& checkpoint) {
  checkpoint.agents = all_agents(tables);
  for (const auto& [key, hour] : tables.agent_hours) {
    if (key.first > tables.agent_hours.rbegin()->first.first - store::hours_at_hand * store::hour)
      checkpoint.agent_hours.push_back(hour);
  }
  std::ranges::sort(checkpoint.agent_hours, {}, [](const auto& hour) { return std::pair(hour.agent, hour.at); });
  checkpoint.next_incident_id = tables.next_incident_id;
  checkpoint.next_delivery_id = tables.next_delivery_id;
  std::optional<base::Time> newest;
  for (const auto& [id, incident] : tables.incidents) {
    if (incident.state == model::IncidentState::resolved)
      newest = std::max(newest.value_or(base::Time{}), resolved_at(incident));
  }
  for (const auto& [id, incident] : tables.incidents) {
    if (incident.state != model::IncidentState::resolved || resolved_at(incident) >= *newest - store::day)
      checkpoint.incidents.push_back(incident);
  }
  for (const auto& [id, delivery] : tables.deliveries) {
    if (delivery.state == model::DeliveryState::waiting) checkpoint.deliveries.push_back(delivery);
  }
}

// The newest time that is stored stands for now.
std::vector<contract::StoredSession> recently_closed(const Tables& tables) {
  std::vector<contract::StoredSession> closed;
  base::Time newest{};
  for (const auto& [id, stored] : tables.sessions)
    newest = std::max(newest, store::closed_at(stored.session).value_or(stored.session.last_seen_at));
  for (const auto& [id, stored] : tables.sessions) {
    const auto at = store::closed_at(stored.session);
    if (at && *at >= newest - store::hour) closed.push_back(stored);
  }
  std::ranges::sort(closed, std::greater(),
                    [](const auto& stored) { return std::pair(store::closed_at(stored.session), stored.session.id); });
  closed.resize(std::min(closed.size(), store::most_recently_closed));
  std::ranges::sort(closed, {}, [](const auto& stored) { return stored.session.id; });
  return closed;
}

void take(model::Counters& sum, const model::Counters& bytes) {
  sum = {sum.rx_bytes - std::min(sum.rx_bytes, bytes.rx_bytes), sum.tx_bytes - std::min(sum.tx_bytes, bytes.tx_bytes)};
}

}  // namespace

void Writer::commit(const contract::Batch& batch) {
  const std::lock_guard lock(tables_->mutex);
  auto& tables = *tables_;
  if (batch.number <= tables.last_batch) return;
  check_peers(tables, batch.sessions);
  for (const auto& session : batch.sessions) write(tables, session);
  for (const auto& increment : batch.traffic) write(tables, increment);
  for (const auto& sighting : batch.endpoints) write(tables, sighting);
  write(tables, batch.loads);
  for (const auto& server : batch.servers) tables.servers.insert_or_assign(server.name, store::stored_form(server));
  for (const auto& event : batch.events) {
    tables.events.insert_or_assign(event.id, store::stored_form(event));
    tables.next_event_id = std::max(tables.next_event_id, event.id + 1);
  }
  for (const auto& attempt : batch.attempts) write(tables, attempt);
  write_limits(tables, batch);
  write_agents(tables, batch);
  write_alerts(tables, batch);
  for (const auto& cursor : batch.cursors) tables.cursors.insert_or_assign(cursor.source, cursor);
  tables.last_batch = batch.number;
}

contract::Checkpoint Writer::load_checkpoint() {
  const std::lock_guard lock(tables_->mutex);
  contract::Checkpoint checkpoint{.last_batch = tables_->last_batch,
                                  .next_session_id = tables_->next_session_id,
                                  .next_event_id = tables_->next_event_id,
                                  .open_sessions = {},
                                  .recently_closed = recently_closed(*tables_),
                                  .servers = {},
                                  .cursors = {},
                                  .agents = {},
                                  .agent_hours = {},
                                  .incidents = {},
                                  .deliveries = {}};
  for (const auto& [id, stored] : tables_->sessions) {
    if (stored.session.state == model::SessionState::open) checkpoint.open_sessions.push_back(stored);
  }
  for (const auto& [name, server] : tables_->servers) checkpoint.servers.push_back(server);
  for (const auto& [source, cursor] : tables_->cursors) checkpoint.cursors.push_back(cursor);
  load_agents(*tables_, checkpoint);
  return checkpoint;
}

std::uint64_t Writer::forget(base::Time now, const contract::Retention& retention, std::uint64_t limit) {
  const std::lock_guard lock(tables_->mutex);
  return memory::forget(*tables_, {now, retention, limit});
}

// Whole days, less what of the first one came before `from`: as in the SQLite store, also where minutes are forgotten.
std::vector<model::UserUsage> Writer::usage(base::Time from) {
  const std::lock_guard lock(tables_->mutex);
  const auto& tables = *tables_;
  const auto hour = base::floor_to(from, store::hour);
  std::map<std::string, model::Counters> users;
  for (const auto& [key, bytes] : tables.traffic_day) {
    if (std::get<0>(key) >= base::floor_to(from, store::day)) add(users[std::get<1>(key)], bytes);
  }
  for (const auto& [key, bytes] : tables.traffic_hour) {
    if (std::get<0>(key) >= base::floor_to(from, store::day) && std::get<0>(key) < hour)
      take(users[std::get<1>(key)], bytes);
  }
  for (const auto& [key, bytes] : tables.traffic_minute) {
    const auto session = tables.sessions.find(key.second);
    if (key.first >= hour && key.first < base::floor_to(from, store::minute) && session != tables.sessions.end())
      take(users[session->second.session.user], bytes);
  }
  std::vector<model::UserUsage> usage;
  for (const auto& [user, bytes] : users) {
    if (!bytes.is_zero()) usage.push_back({user, bytes});
  }
  return usage;
}

model::Limits Writer::limits() {
  const std::lock_guard lock(tables_->mutex);
  return all_limits(*tables_);
}

std::vector<model::AgentSettings> Writer::agents() {
  const std::lock_guard lock(tables_->mutex);
  return all_agent_settings(*tables_);
}

model::Alerting Writer::alerting() {
  const std::lock_guard lock(tables_->mutex);
  return all_alerting(*tables_);
}

void Writer::record_job(const model::HouseJob& job) {
  const std::lock_guard lock(tables_->mutex);
  tables_->jobs.insert_or_assign(job.name, store::stored_form(job));
}

std::vector<model::HouseJob> Writer::jobs() {
  const std::lock_guard lock(tables_->mutex);
  std::vector<model::HouseJob> jobs;
  for (const auto& [name, job] : tables_->jobs) jobs.push_back(job);
  return jobs;
}

}  // namespace davylamp::memory
