#include "store/sql/user_writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "store/sql/tier_sql.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {

UserWriter::UserWriter(Connection& connection)
    : upsert_(connection,
              "INSERT INTO users (\"user\", sessions, rx_bytes, tx_bytes, first_seen_at, last_seen_at, country_code, "
              "latest_session_id) VALUES",
              {"TEXT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "BIGINT"},
              "ON CONFLICT (\"user\") DO UPDATE SET sessions = users.sessions + excluded.sessions, " +
                  add_bytes_sql("users") +
                  ", first_seen_at = iif(excluded.latest_session_id < 0, users.first_seen_at, "
                  "min(users.first_seen_at, excluded.first_seen_at)), "
                  "last_seen_at = iif(excluded.latest_session_id < 0, users.last_seen_at, "
                  "max(users.last_seen_at, excluded.last_seen_at)), "
                  "country_code = iif(excluded.latest_session_id >= users.latest_session_id AND "
                  "excluded.latest_session_id >= 0, excluded.country_code, users.country_code), "
                  "latest_session_id = max(users.latest_session_id, excluded.latest_session_id)"),
      take_session_(connection, "UPDATE users SET sessions = max(sessions - ?2, 0) WHERE \"user\" = ?1"),
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
  auto& change = changes_[taken_.emplace_back(user)];
  if (change.sessions > 0) {
    --change.sessions;
  } else {
    ++change.taken;
  }
}

// In the order of the table's key, which is the order in which all writers go.
void UserWriter::write() {
  std::vector<Row> rows;
  rows.reserve(changes_.size());
  for (const auto& [user, change] : changes_) rows.emplace_back(user, &change);
  std::ranges::sort(rows, {}, &Row::first);
  std::vector<Row> gathered;
  for (const auto& row : rows) {
    if (row.second->taken > 0) {
      write(std::exchange(gathered, {}));
      take_from(row);
    }
    const bool says_something = row.second->latest != nullptr || !row.second->bytes.is_zero();
    if (says_something) gathered.push_back(row);
  }
  write(gathered);
  clear();
}

void UserWriter::take_from(const Row& row) {
  take_session_.bind_all(row.first, row.second->taken);
  take_session_.post();
  drop_empty_.bind_all(row.first);
  drop_empty_.post();
}

// A user of whom there are only bytes has no latest session: -1.
void UserWriter::write(const std::vector<Row>& rows) {
  upsert_.write(std::span<const Row>(rows), [](Statement& statement, int index, const Row& row) {
    const auto& [user, change] = row;
    const auto* latest = change->latest;
    statement.bind_from(index, user, change->sessions, change->bytes.rx_bytes, change->bytes.tx_bytes,
                        change->first_seen_at, latest != nullptr ? change->last_seen_at : change->first_seen_at);
    if (latest != nullptr && latest->place) {
      statement.bind(index + 6, latest->place->country_code);
    } else {
      statement.bind(index + 6, std::nullopt);
    }
    statement.bind(index + 7, latest != nullptr ? static_cast<std::int64_t>(latest->id) : std::int64_t{-1});
  });
}

}  // namespace davylamp::sql
