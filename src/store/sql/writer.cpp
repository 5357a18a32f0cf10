#include "store/sql/writer.hpp"

#include <algorithm>
#include <utility>

#include "store/sql/agents_rows.hpp"
#include "store/sql/checkpoint.hpp"
#include "store/sql/forget.hpp"
#include "store/sql/limits_rows.hpp"
#include "store/sql/row.hpp"
#include "store/sql/usage.hpp"

namespace davylamp::sql {

Writer::Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Upkeep> upkeep, const model::Tenure& tenure)
    : owned_(std::move(connection)),
      connection_(*owned_),
      upkeep_(std::move(upkeep)),
      tenure_(tenure),
      numbers_(connection_, tenure.shard),
      server_(connection_, replace_sql<model::Server>("servers", {"name"})),
      event_(connection_, replace_sql<model::Event>("events", {"id"})),
      users_(connection_),
      sessions_(connection_, tenure.shard),
      traffic_(connection_, tenure.shard),
      attempts_(connection_),
      agents_(connection_) {}

void Writer::commit(const contract::Batch& batch) {
  users_.clear();
  if (!std::exchange(committed_, false)) sessions_.forget_what_is_stored();
  Transaction transaction(connection_, Unit::batch);
  connection_.check_tenure(tenure_);
  const auto before = numbers_.load();
  if (batch.number <= before.last_batch) return;
  auto after = before;
  after.last_batch = batch.number;
  write(batch, after);
  numbers_.save(before, after);
  transaction.commit();
  committed_ = true;
}

// What other shards write as well comes in an order that all keep (users by name, then peaks by time), so that they
// never wait for each other in a circle.
void Writer::write(const contract::Batch& batch, Numbers& numbers) {
  const auto clamped_before = connection_.clamped_values();
  numbers.next_session_id = sessions_.write(batch.sessions, numbers.next_session_id, users_);
  for (const auto& increment : batch.traffic) users_.add_traffic(increment);
  users_.write();
  sessions_.write(batch.endpoints);
  traffic_.write(batch.traffic);
  const auto minutes = traffic_.write(batch.loads);
  for (const auto& server : batch.servers) write(server);
  write(batch.events);
  for (const auto& event : batch.events) numbers.next_event_id = std::max(numbers.next_event_id, event.id + 1);
  for (const auto& cursor : batch.cursors) sessions_.write(cursor);
  attempts_.write(batch.attempts, sessions_);
  write_limits(batch);
  write_agents(batch, numbers);
  traffic_.write_peaks(minutes);
  numbers.clamped_values += connection_.clamped_values() - clamped_before;
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

void Writer::write_agents(const contract::Batch& batch, Numbers& numbers) {
  agents_.write(batch.agents);
  agents_.write(batch.agent_hours);
  numbers.next_incident_id = agents_.write(batch.incidents, numbers.next_incident_id);
  numbers.next_delivery_id = agents_.write(batch.deliveries, numbers.next_delivery_id);
}

void Writer::write(const std::vector<model::Event>& events) {
  for (const auto& event : events) {
    bind_row(event_, 1, event);
    event_.post();
  }
}

contract::Checkpoint Writer::load_checkpoint() {
  Transaction transaction(connection_, Unit::read);
  return sql::load_checkpoint(connection_, tenure_.shard, numbers_.load());
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
