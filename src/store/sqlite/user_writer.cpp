#include "store/sqlite/user_writer.hpp"

#include <algorithm>

#include "store/sqlite/tier_sql.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sqlite {

UserWriter::UserWriter(Connection& connection)
    : upsert_(connection,
              "INSERT INTO users (user, sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, country_code, "
              "latest_session_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (user) DO UPDATE SET "
              "sessions = sessions + excluded.sessions, " +
                  add_bytes_sql() +
                  ", first_seen_at = min(first_seen_at, excluded.first_seen_at), "
                  "last_seen_at = max(last_seen_at, excluded.last_seen_at), "
                  "country_code = iif(excluded.latest_session_id >= latest_session_id, excluded.country_code, country_code), "
                  "latest_session_id = max(latest_session_id, excluded.latest_session_id)"),
      add_bytes_(connection,
                 "INSERT INTO users (user, sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, latest_session_id) "
                 "VALUES (?1, 0, ?2, ?3, ?4, ?4, 0) ON CONFLICT (user) DO UPDATE SET " +
                     add_bytes_sql()),
      take_session_(connection, "UPDATE users SET sessions = max(sessions - 1, 0) WHERE user = ?1"),
      drop_empty_(connection, "DELETE FROM users WHERE user = ?1 AND sessions = 0 AND rx_bytes = 0 AND tx_bytes = 0") {}

void UserWriter::add_session(const model::Session& session, UserShare share) {
  auto& change = changes_[session.user];
  if (change.latest == nullptr) {
    change.first_seen_at = session.opened_at;
    change.last_seen_at = session.last_seen_at;
  }
  change.sessions += share == UserShare::gained ? 1 : 0;
  change.first_seen_at = std::min(change.first_seen_at, session.opened_at);
  change.last_seen_at = std::max(change.last_seen_at, session.last_seen_at);
  if (change.latest == nullptr || session.id >= change.latest->id) change.latest = &session;
}

void UserWriter::add_traffic(const contract::TrafficIncrement& increment) {
  if (increment.bytes.is_zero()) return;
  auto& change = changes_[increment.user];
  if (change.latest == nullptr) change.first_seen_at = increment.at;
  change.bytes = {store::saturating_sum(change.bytes.rx_bytes, increment.bytes.rx_bytes),
                  store::saturating_sum(change.bytes.tx_bytes, increment.bytes.tx_bytes)};
}

void UserWriter::take_session(const std::string& user) {
  const auto gathered = changes_.find(user);
  if (gathered != changes_.end() && gathered->second.sessions > 0) {
    --gathered->second.sessions;
    return;
  }
  take_session_.bind_all(user);
  take_session_.run();
  drop_empty_.bind_all(user);
  drop_empty_.run();
}

void UserWriter::write() {
  for (const auto& [user, change] : changes_) {
    if (change.latest != nullptr) {
      write_sessions(user, change);
    } else {
      write_bytes(user, change);
    }
  }
  changes_.clear();
}

void UserWriter::write_sessions(std::string_view user, const Change& change) {
  upsert_.bind_all(user, change.sessions, change.bytes.rx_bytes, change.bytes.tx_bytes, change.first_seen_at,
                   change.last_seen_at);
  const auto& place = change.latest->place;
  if (place) {
    upsert_.bind(7, place->country_code);
  } else {
    upsert_.bind(7, std::nullopt);
  }
  upsert_.bind(8, change.latest->id);
  upsert_.run();
}

void UserWriter::write_bytes(std::string_view user, const Change& change) {
  add_bytes_.bind_all(user, change.bytes.rx_bytes, change.bytes.tx_bytes, change.first_seen_at);
  add_bytes_.run();
}

}  // namespace davylamp::sqlite
