#include "store/sql/user_writer.hpp"

#include <algorithm>
#include <vector>

#include "store/sql/tier_sql.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {

UserWriter::UserWriter(Connection& connection)
    : upsert_(connection,
              "INSERT INTO users (\"user\", sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, country_code, "
              "latest_session_id) VALUES",
              8,
              "ON CONFLICT (\"user\") DO UPDATE SET sessions = users.sessions + excluded.sessions, " +
                  add_bytes_sql("users") +
                  ", first_seen_at = min(users.first_seen_at, excluded.first_seen_at), "
                  "last_seen_at = max(users.last_seen_at, excluded.last_seen_at), "
                  "country_code = iif(excluded.latest_session_id >= users.latest_session_id, "
                  "excluded.country_code, users.country_code), "
                  "latest_session_id = max(users.latest_session_id, excluded.latest_session_id)"),
      add_bytes_(connection,
                 "INSERT INTO users (\"user\", sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, "
                 "latest_session_id) VALUES",
                 7, "ON CONFLICT (\"user\") DO UPDATE SET " + add_bytes_sql("users")),
      take_session_(connection, "UPDATE users SET sessions = max(sessions - 1, 0) WHERE \"user\" = ?1"),
      drop_empty_(connection,
                  "DELETE FROM users WHERE \"user\" = ?1 AND sessions = 0 AND rx_bytes = 0 AND tx_bytes = 0") {}

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
  take_session_.post();
  drop_empty_.bind_all(user);
  drop_empty_.post();
}

// In the order of the table's key.
void UserWriter::write() {
  using Row = std::pair<std::string_view, const Change*>;
  std::vector<Row> with_sessions;
  std::vector<Row> without;
  for (const auto& [user, change] : changes_)
    (change.latest != nullptr ? with_sessions : without).emplace_back(user, &change);
  std::ranges::sort(with_sessions, {}, &Row::first);
  upsert_.write(std::span<const Row>(with_sessions), [](Statement& statement, int index, const Row& row) {
    const auto& [user, change] = row;
    const auto& place = change->latest->place;
    statement.bind_from(index, user, change->sessions, change->bytes.rx_bytes, change->bytes.tx_bytes,
                        change->first_seen_at, change->last_seen_at);
    if (place) {
      statement.bind(index + 6, place->country_code);
    } else {
      statement.bind(index + 6, std::nullopt);
    }
    statement.bind(index + 7, change->latest->id);
  });
  add_bytes_.write(std::span<const Row>(without), [](Statement& statement, int index, const Row& row) {
    const auto& [user, change] = row;
    statement.bind_from(index, user, std::uint64_t{0}, change->bytes.rx_bytes, change->bytes.tx_bytes,
                        change->first_seen_at, change->first_seen_at, std::uint64_t{0});
  });
  changes_.clear();
}

}  // namespace davylamp::sql
