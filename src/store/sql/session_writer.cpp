#include "store/sql/session_writer.hpp"

#include <algorithm>
#include <utility>

#include "store/sql/row.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {
namespace {

// "server = ?2, ..." for all columns of a session but those in `without`; parameters number the columns from 1.
std::string assignments(std::initializer_list<std::string_view> without) {
  std::string list;
  int index = 0;
  for_each_column<model::Session>([&](const std::string& name) {
    ++index;
    if (std::ranges::find(without, name) != without.end()) return;
    list += (list.empty() ? "" : ", ") + column_sql(name) + " = ?" + std::to_string(index);
  });
  return list;
}

constexpr int parameter_of(std::string_view wanted) {
  int index = 1;
  int found = 0;
  boost::mp11::mp_for_each<Members<model::Session>>([&](auto d) {
    if (wanted == d.name) found = index;
    index += is_place<decltype(std::declval<model::Session&>().*d.pointer)> ? place_columns : 1;
  });
  return wanted.empty() ? index : found;
}
constexpr int closed_at_parameter = parameter_of("closed_at");
constexpr int column_count = parameter_of({}) - 1;
std::string column_parameter(std::string_view name) {
  return "?" + std::to_string(parameter_of(name));
}
std::string source_parameter() {
  return "?" + std::to_string(column_count + 1);
}
std::string peer_parameter() {
  return "?" + std::to_string(column_count + 2);
}

// The widest span wins, and the latest place that is known.
std::string widen_sql() {
  std::string places;
  for_each_column<model::Place>([&](const std::string& member) {
    const auto name = member == "kind" ? std::string("place_kind") : member;
    places += ", " + name + " = iif(excluded.place_kind IS NULL, endpoints." + name + ", excluded." + name + ")";
  });
  return "ON CONFLICT (session_id, real_address, real_port) DO UPDATE SET "
         "first_seen_at = min(endpoints.first_seen_at, excluded.first_seen_at), "
         "last_seen_at = max(endpoints.last_seen_at, excluded.last_seen_at)" +
         places;
}

constexpr std::string_view look_up_sql =
    "SELECT id, \"user\", peer, source_id, state FROM sessions WHERE id = ANY (CAST(?1 AS BIGINT[]))";

// Of column_list, source_id and peer.
std::vector<std::string_view> row_types() {
  auto types = column_types<model::Session>();
  types.insert(types.end(), {"BIGINT", "TEXT"});
  return types;
}

}  // namespace

// An open session that stays open keeps its indexed columns, so that the index of open sessions is left alone.
SessionWriter::SessionWriter(Connection& connection, const model::Shard& shard)
    : connection_(connection),
      shard_(shard),
      insert_(connection, "INSERT INTO sessions (" + column_list<model::Session>() + ", source_id, peer) VALUES",
              row_types(), ""),
      upsert_(connection, "INSERT INTO sessions (" + column_list<model::Session>() + ", source_id, peer) VALUES",
              row_types(),
              "ON CONFLICT (" + std::string(connection.dialect().session_key) + ") DO UPDATE SET " +
                  replacement_list<model::Session>({"id", "user", "state", "closed_at"})),
      update_open_(connection, "UPDATE sessions SET " + assignments({"id", "user", "state", "closed_at"}) +
                                   " WHERE id = ?1 AND state = 'open' AND \"user\" = " + column_parameter("user") +
                                   " AND peer = " + peer_parameter() + " AND source_id = " + source_parameter()),
      user_of_(connection, "SELECT \"user\" FROM sessions WHERE id = ?1"),
      replace_(connection, "UPDATE sessions SET " + assignments({"id"}) + ", source_id = " + source_parameter() +
                               ", peer = " + peer_parameter() + " WHERE id = ?1"),
      endpoint_(connection,
                "INSERT INTO endpoints (session_id, real_address, real_port, first_seen_at, last_seen_at, place_kind, "
                "country_code, "
                "country, city, latitude, longitude, precision, asn, network) VALUES",
                5 + place_columns, widen_sql()),
      source_(connection, "INSERT INTO sources (node, kind, name) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"),
      source_id_(connection, "SELECT id FROM sources WHERE node = ?1 AND kind = ?2 AND name = ?3"),
      cursor_(connection, "UPDATE sources SET boot = ?2, sequence = ?3 WHERE id = ?1") {
  if (!connection.dialect().takes_lists) return;
  look_up_.emplace(Statement::on_rows(connection, look_up_sql));
  move_.emplace(Statement::on_rows(connection, move_sql()));
}

bool SessionWriter::is_fresh(model::SessionId id, model::SessionId next_id) const {
  return id >= next_id && (shard_.is_whole() || id % model::most_shards == shard_.index);
}

std::vector<SessionWriter::Row> SessionWriter::rows_of(const std::vector<contract::StoredSession>& sessions) {
  std::vector<Row> rows;
  rows.reserve(sessions.size());
  for (const auto& stored : sessions) {
    const bool same = !rows.empty() && rows.back().stored->source == stored.source;
    rows.push_back({&stored, same ? rows.back().source : source_id(stored.source)});
  }
  return rows;
}

// New rows are gathered, and written before any row that may replace one of them.
model::SessionId SessionWriter::write(const std::vector<contract::StoredSession>& sessions, model::SessionId next_id,
                                      UserWriter& users) {
  users.expect(sessions.size());
  auto rows = rows_of(sessions);
  const bool many = connection_.dialect().takes_lists;
  if (many) write_many(rows, next_id, users);
  std::vector<Row> fresh;
  for (const auto& row : rows) {
    const auto& session = row.stored->session;
    if (!many) {
      auto share = UserShare::gained;
      if (is_fresh(session.id, next_id)) {
        fresh.push_back(row);
      } else {
        insert(std::exchange(fresh, {}));
        share = replace(row, users);
      }
      users.add_session(session, share);
    }
    next_id = std::max(next_id, session.id + 1);
  }
  insert(fresh);
  return next_id;
}

void SessionWriter::bind(Statement& statement, int index, const Row& row) {
  const int end = bind_row(statement, index, row.stored->session);
  statement.bind(index + closed_at_parameter - 1, store::closed_at(row.stored->session));
  statement.bind_from(end, row.source, row.stored->peer);
}

void SessionWriter::insert(std::span<const Row> rows) {
  insert_.write(rows, bind);
}

UserShare SessionWriter::replace(const Row& row, UserWriter& users) {
  const auto& session = row.stored->session;
  if (session.state == model::SessionState::open) {
    bind(update_open_, 1, row);
    if (update_open_.run() > 0) return UserShare::kept;
  }
  user_of_.bind_all(session.id);
  const bool found = user_of_.step();
  const auto user = found ? user_of_.text(0) : std::string();
  user_of_.reset();
  if (!found) {
    insert(std::span(&row, 1));
    return UserShare::gained;
  }
  bind(replace_, 1, row);
  replace_.post();
  if (user == session.user) return UserShare::kept;
  users.take_session(user);
  return UserShare::gained;
}

void SessionWriter::write(const std::vector<contract::EndpointSighting>& sightings) {
  const auto bind_sighting = [](Statement& row, int index, const contract::EndpointSighting& sighting) {
    const auto port = sighting.endpoint.port ? static_cast<std::int64_t>(*sighting.endpoint.port) : std::int64_t{-1};
    row.bind_from(index, sighting.session_id, sighting.endpoint.address, port, sighting.first_seen_at,
                  sighting.last_seen_at);
    if (sighting.place) {
      bind_row(row, index + 5, *sighting.place);
    } else {
      for (int i = 0; i < place_columns; ++i) row.bind(index + 5 + i, std::nullopt);
    }
  };
  endpoint_.write_apart(std::span(sightings), bind_sighting, [](const contract::EndpointSighting& sighting) {
    return std::pair(sighting.session_id, sighting.endpoint);
  });
}

std::int64_t SessionWriter::source_id(const model::SourceId& source) {
  constexpr std::size_t most_known = 100'000;
  const auto known = source_ids_.find(source);
  if (known != source_ids_.end()) return known->second;
  source_.bind_all(source.node, source.kind, source.name);
  source_.post();
  source_id_.bind_all(source.node, source.kind, source.name);
  source_id_.step();
  const auto id = source_id_.integer(0);
  source_id_.reset();
  if (source_ids_.size() >= most_known) source_ids_.clear();
  source_ids_.emplace(source, id);
  return id;
}

// Boots are random bits: kept as they are, not clamped.
void SessionWriter::write(const contract::Cursor& cursor) {
  cursor_.bind_all(source_id(cursor.source), static_cast<std::int64_t>(cursor.boot),
                   static_cast<std::int64_t>(cursor.sequence));
  cursor_.post();
}

}  // namespace davylamp::sql
