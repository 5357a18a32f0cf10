#include "store/sql/writer.hpp"

#include <algorithm>

#include "store/series.hpp"
#include "store/sql/agents_rows.hpp"
#include "store/sql/forget.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"
#include "store/sql/usage.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {
Writer::Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Upkeep> upkeep, const model::Tenure& tenure)
    : owned_(std::move(connection)),
      connection_(*owned_),
      upkeep_(std::move(upkeep)),
      tenure_(tenure),
      number_(connection_, "SELECT value FROM meta WHERE name = ?1"),
      set_number_(
          connection_,
          "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"),
      server_(connection_, replace_sql<model::Server>("servers", {"name"})),
      event_(connection_, replace_sql<model::Event>("events", {"id"})),
      users_(connection_),
      sessions_(connection_),
      traffic_(connection_),
      attempts_(connection_),
      agents_(connection_) {}

void Writer::commit(const contract::Batch& batch) {
  users_.clear();
  Transaction transaction(connection_, Unit::batch);
  connection_.check_tenure(tenure_);
  if (batch.number <= number("last_batch", 0)) return;
  write(batch);
  transaction.commit();
}

void Writer::write(const contract::Batch& batch) {
  const auto clamped_before = connection_.clamped_values();
  set_number("next_session_id", sessions_.write(batch.sessions, number("next_session_id", 1), users_));
  for (const auto& increment : batch.traffic) users_.add_traffic(increment);
  users_.write();
  sessions_.write(batch.endpoints);
  traffic_.write(batch.traffic);
  traffic_.write(batch.loads);
  for (const auto& server : batch.servers) write(server);
  set_number("next_event_id", write(batch.events, number("next_event_id", 1)));
  for (const auto& cursor : batch.cursors) sessions_.write(cursor);
  attempts_.write(batch.attempts, sessions_);
  write_limits(batch);
  write_agents(batch);
  set_number("last_batch", batch.number);
  const auto clamped = connection_.clamped_values() - clamped_before;
  if (clamped > 0) set_number("clamped_values", number("clamped_values", 0) + clamped);
}

void Writer::write(const model::Server& server) {
  bind_row(server_, 1, server);
  server_.post();
}

// What the process role reckoned while an operator may have changed the rows again: theirs is newer.
void Writer::write_limits(const contract::Batch& batch) {
  std::int64_t changed = 0;
  for (const auto& period : batch.periods) {
    run(connection_,
        "INSERT INTO usage_periods (limit_id, \"user\", start_at, end_at, used_bytes, allowed_bytes) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        period.limit_id, period.user, period.start_at, period.end_at, period.used_bytes, period.allowed_bytes);
  }
  for (const auto& reset : batch.resets) {
    if (!reset.forgiven) continue;
    changed += run(connection_,
                   "UPDATE resets SET period_start_at = ?4, forgiven_rx_bytes = ?5, forgiven_tx_bytes = ?6 "
                   "WHERE limit_id = ?1 AND \"user\" = ?2 AND at = ?3",
                   reset.limit_id, reset.user, reset.at, reset.period_start_at, reset.forgiven->rx_bytes,
                   reset.forgiven->tx_bytes);
  }
  for (const auto& grant : batch.grants) {
    changed += run(connection_, "UPDATE grants SET spent_bytes = ?2 WHERE id = ?1 AND spent_bytes < ?2", grant.id,
                   grant.spent_bytes);
  }
  if (changed > 0) grow_limits_revision(connection_);
}

void Writer::write_agents(const contract::Batch& batch) {
  agents_.write(batch.agents);
  agents_.write(batch.agent_hours);
  if (!batch.incidents.empty())
    set_number("next_incident_id", agents_.write(batch.incidents, number("next_incident_id", 1)));
  if (!batch.deliveries.empty())
    set_number("next_delivery_id", agents_.write(batch.deliveries, number("next_delivery_id", 1)));
}

std::uint64_t Writer::write(const std::vector<model::Event>& events, std::uint64_t next_id) {
  for (const auto& event : events) {
    bind_row(event_, 1, event);
    event_.post();
    next_id = std::max(next_id, event.id + 1);
  }
  return next_id;
}

std::uint64_t Writer::number(std::string_view name, std::uint64_t otherwise) {
  number_.bind(1, name);
  const auto value = number_.step() ? number_.get<std::uint64_t>(0) : otherwise;
  number_.reset();
  return value;
}

void Writer::set_number(std::string_view name, std::uint64_t value) {
  set_number_.bind_all(name, value);
  set_number_.post();
}

contract::Checkpoint Writer::load_checkpoint() {
  Transaction transaction(connection_, Unit::read);
  contract::Checkpoint checkpoint;
  checkpoint.last_batch = number("last_batch", 0);
  checkpoint.next_session_id = number("next_session_id", 1);
  checkpoint.next_event_id = number("next_event_id", 1);
  checkpoint.open_sessions = stored_sessions("sessions INDEXED BY sessions_open WHERE state = 'open'");
  // The newest time that is stored stands for now: the store has no clock.
  checkpoint.recently_closed =
      stored_sessions("sessions INDEXED BY sessions_closed_at WHERE state = 'closed' AND closed_at >= " +
                      std::to_string(newest_seconds(checkpoint.open_sessions) - store::hour.count()) +
                      " ORDER BY closed_at DESC LIMIT " + std::to_string(store::most_recently_closed));
  Statement servers(connection_, "SELECT " + column_list<model::Server>() + " FROM servers ORDER BY name");
  while (servers.step()) checkpoint.servers.push_back(read_row<model::Server>(servers));
  Statement sources(connection_, "SELECT node, kind, name, boot, sequence FROM sources WHERE boot != 0 ORDER BY id");
  while (sources.step()) {
    checkpoint.cursors.push_back({.source = {sources.text(0), sources.text(1), sources.text(2)},
                                  .boot = static_cast<std::uint64_t>(sources.integer(3)),
                                  .sequence = static_cast<std::uint64_t>(sources.integer(4))});
  }
  load_agents_into(checkpoint);
  return checkpoint;
}

// The newest time of an incident stands for now.
void Writer::load_agents_into(contract::Checkpoint& checkpoint) {
  checkpoint.agents = load_agents(connection_);
  Statement hours(connection_, "SELECT " + column_list<model::AgentHour>() +
                                   " FROM agent_hours WHERE at > (SELECT max(at) FROM agent_hours) - " +
                                   std::to_string(store::hours_at_hand * store::hour.count()) + " ORDER BY agent, at");
  while (hours.step()) checkpoint.agent_hours.push_back(read_row<model::AgentHour>(hours));
  checkpoint.next_incident_id = number("next_incident_id", 1);
  checkpoint.next_delivery_id = number("next_delivery_id", 1);
  checkpoint.incidents = load_incidents(connection_, "WHERE state != 'resolved' ORDER BY id");
  auto resolved = load_incidents(
      connection_,
      "WHERE id IN (SELECT id FROM incidents INDEXED BY incidents_resolved_at WHERE state = 'resolved' AND "
      "resolved_at >= (SELECT max(resolved_at) FROM incidents WHERE state = 'resolved') - " +
          std::to_string(store::day.count()) + " ORDER BY resolved_at DESC LIMIT " +
          std::to_string(store::most_recently_resolved) + ") ORDER BY id");
  std::ranges::move(resolved, std::back_inserter(checkpoint.incidents));
  std::ranges::sort(checkpoint.incidents, {}, &model::Incident::id);
  checkpoint.deliveries = load_deliveries(connection_, "WHERE state = 'waiting' ORDER BY id");
}

std::int64_t Writer::newest_seconds(const std::vector<contract::StoredSession>& open) {
  Statement closed(connection_,
                   "SELECT max(closed_at) FROM sessions INDEXED BY sessions_closed_at WHERE state = 'closed'");
  closed.step();
  auto newest = closed.integer(0);
  for (const auto& stored : open) newest = std::max(newest, base::to_unix_seconds(stored.session.last_seen_at));
  return newest;
}

std::vector<contract::StoredSession> Writer::stored_sessions(const std::string& from_sessions) {
  Statement rows(connection_, "SELECT o.node, o.kind, o.name, s.peer, s.* FROM (SELECT source_id, peer, " +
                                  column_list<model::Session>() + " FROM " + from_sessions +
                                  ") AS s JOIN sources AS o ON o.id = s.source_id ORDER BY s.id");
  std::vector<contract::StoredSession> sessions;
  while (rows.step()) {
    sessions.push_back({.source = {rows.text(0), rows.text(1), rows.text(2)},
                        .peer = rows.text(3),
                        .session = read_row<model::Session>(rows, 6)});
  }
  return sessions;
}

std::vector<model::UserUsage> Writer::usage(base::Time from) {
  return sql::usage(connection_, from);
}

model::Limits Writer::limits() {
  Transaction snapshot(connection_, Unit::read);
  return load_limits(connection_);
}

std::vector<model::AgentSettings> Writer::agents() {
  return load_agent_settings(connection_);
}

model::Alerting Writer::alerting() {
  Transaction snapshot(connection_, Unit::read);
  return load_alerting(connection_);
}

void Writer::record_job(const model::HouseJob& job) {
  Statement row(connection_, replace_sql<model::HouseJob>("jobs", {"name"}));
  bind_row(row, 1, job);
  row.run();
}

std::vector<model::HouseJob> Writer::jobs() {
  Statement rows(connection_, "SELECT " + column_list<model::HouseJob>() + " FROM jobs ORDER BY name");
  std::vector<model::HouseJob> jobs;
  while (rows.step()) jobs.push_back(read_row<model::HouseJob>(rows));
  return jobs;
}

std::uint64_t Writer::forget(base::Time now, const contract::Retention& retention, std::uint64_t limit) {
  return sql::forget(connection_, now, retention, limit);
}

std::string Writer::optimize() {
  return upkeep_->optimize();
}
std::string Writer::checkpoint() {
  return upkeep_->checkpoint();
}
std::string Writer::vacuum() {
  return upkeep_->vacuum();
}
std::string Writer::backup(const std::string& path) {
  return upkeep_->backup(path);
}

}  // namespace davylamp::sql
