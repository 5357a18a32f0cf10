#include "store/sql/checkpoint.hpp"

#include <algorithm>
#include <set>

#include "store/series.hpp"
#include "store/sql/agents_rows.hpp"
#include "store/sql/row.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {
namespace {

// The sources whose observations a shard has.
struct OwnSources {
  std::string condition;                                // " AND source_id IN (...)", or nothing for the whole
  std::set<std::pair<std::string, std::string>> named;  // kind and name
  std::vector<contract::Cursor> cursors;
  std::set<std::pair<std::string, std::string>> others;  // of other shards
};

OwnSources load_sources(Connection& connection, const model::Shard& shard) {
  OwnSources own;
  std::string ids;
  Statement rows(connection, "SELECT node, kind, name, boot, sequence, id FROM sources ORDER BY id");
  while (rows.step()) {
    const model::SourceId source{rows.text(0), rows.text(1), rows.text(2)};
    if (model::shard_of(source, shard.count) != shard.index) {
      own.others.emplace(source.kind, source.name);
      continue;
    }
    own.named.emplace(source.kind, source.name);
    ids += (ids.empty() ? "" : ", ") + std::to_string(rows.integer(5));
    if (rows.integer(3) == 0) continue;
    own.cursors.push_back({.source = source,
                           .boot = static_cast<std::uint64_t>(rows.integer(3)),
                           .sequence = static_cast<std::uint64_t>(rows.integer(4))});
  }
  if (!shard.is_whole()) own.condition = " AND source_id IN (" + (ids.empty() ? "0" : ids) + ")";
  return own;
}

std::vector<contract::StoredSession> stored_sessions(Connection& connection, const std::string& from_sessions) {
  Statement rows(connection, "SELECT o.node, o.kind, o.name, s.peer, s.* FROM (SELECT source_id, peer, " +
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

std::int64_t newest_seconds(Connection& connection, const std::vector<contract::StoredSession>& open) {
  Statement closed(connection,
                   "SELECT max(closed_at) FROM sessions INDEXED BY sessions_closed_at WHERE state = 'closed'");
  closed.step();
  auto newest = closed.integer(0);
  for (const auto& stored : open) newest = std::max(newest, base::to_unix_seconds(stored.session.last_seen_at));
  return newest;
}

// A server that no source tells of is the chief's.
std::vector<model::Server> load_servers(Connection& connection, const model::Shard& shard, const OwnSources& own) {
  Statement rows(connection, "SELECT " + column_list<model::Server>() + " FROM servers ORDER BY name");
  std::vector<model::Server> servers;
  while (rows.step()) {
    auto server = read_row<model::Server>(rows);
    const std::pair source(server.source, server.name);
    const bool is_own = own.named.contains(source) || (shard.is_chief() && !own.others.contains(source));
    if (shard.is_whole() || is_own) servers.push_back(std::move(server));
  }
  return servers;
}

// " AND ..." for rows whose id tells whose they are.
std::string own_ids(const model::Shard& shard) {
  if (shard.is_whole()) return {};
  return " AND id % " + std::to_string(model::most_shards) + " % " + std::to_string(shard.count) + " = " +
         std::to_string(shard.index);
}

// The newest time of an incident stands for now.
void load_incidents_into(contract::Checkpoint& checkpoint, Connection& connection) {
  const auto own = own_ids(checkpoint.shard);
  checkpoint.incidents = load_incidents(connection, "WHERE state != 'resolved'" + own + " ORDER BY id");
  auto resolved = load_incidents(
      connection,
      "WHERE id IN (SELECT id FROM incidents INDEXED BY incidents_resolved_at WHERE state = 'resolved' AND "
      "resolved_at >= (SELECT max(resolved_at) FROM incidents WHERE state = 'resolved') - " +
          std::to_string(store::day.count()) + own + " ORDER BY resolved_at DESC LIMIT " +
          std::to_string(store::most_recently_resolved) + ") ORDER BY id");
  std::ranges::move(resolved, std::back_inserter(checkpoint.incidents));
  std::ranges::sort(checkpoint.incidents, {}, &model::Incident::id);
  checkpoint.deliveries = load_deliveries(connection, "WHERE state = 'waiting'" + own + " ORDER BY id");
}

void load_agents_into(contract::Checkpoint& checkpoint, Connection& connection) {
  checkpoint.agents = load_agents(connection);
  Statement hours(connection, "SELECT " + column_list<model::AgentHour>() +
                                  " FROM agent_hours WHERE at > (SELECT max(at) FROM agent_hours) - " +
                                  std::to_string(store::hours_at_hand * store::hour.count()) + " ORDER BY agent, at");
  while (hours.step()) checkpoint.agent_hours.push_back(read_row<model::AgentHour>(hours));
}

}  // namespace

contract::Checkpoint load_checkpoint(Connection& connection, const model::Shard& shard, const Numbers& numbers) {
  contract::Checkpoint checkpoint;
  checkpoint.shard = shard;
  checkpoint.last_batch = numbers.last_batch;
  checkpoint.next_session_id = numbers.next_session_id;
  checkpoint.next_event_id = numbers.next_event_id;
  checkpoint.next_incident_id = numbers.next_incident_id;
  checkpoint.next_delivery_id = numbers.next_delivery_id;
  auto own = load_sources(connection, shard);
  checkpoint.open_sessions =
      stored_sessions(connection, "sessions INDEXED BY sessions_open WHERE state = 'open'" + own.condition);
  // The newest time that is stored stands for now: the store has no clock.
  checkpoint.recently_closed = stored_sessions(
      connection, "sessions INDEXED BY sessions_closed_at WHERE state = 'closed' AND closed_at >= " +
                      std::to_string(newest_seconds(connection, checkpoint.open_sessions) - store::hour.count()) +
                      own.condition + " ORDER BY closed_at DESC LIMIT " + std::to_string(store::most_recently_closed));
  checkpoint.servers = load_servers(connection, shard, own);
  checkpoint.cursors = std::move(own.cursors);
  if (shard.is_chief()) load_agents_into(checkpoint, connection);
  load_incidents_into(checkpoint, connection);
  return checkpoint;
}

}  // namespace davylamp::sql
