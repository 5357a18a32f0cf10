#include "store/sql/traffic_writer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "store/series.hpp"
#include "store/sql/tier_sql.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sql {
namespace {

std::string on_conflict_add(const std::string& table, const std::string& keys) {
  return "ON CONFLICT (" + keys + ") DO UPDATE SET " + add_bytes_sql(table);
}

std::string load_sql(const std::string& tier) {
  const auto table = "load_" + tier;
  return "INSERT INTO " + table + " (at, server, rx_bytes, tx_bytes, sessions) VALUES (?1, ?2, ?3, ?4, ?5) " +
         on_conflict_add(table, "at, server") + ", sessions = max(" + table + ".sessions, excluded.sessions)";
}

std::string peak_sql(const std::string& tier) {
  const auto table = "peak_" + tier;
  return "INSERT INTO " + table + " (at, sessions) VALUES (?1, ?2) ON CONFLICT (at) DO UPDATE SET sessions = max(" +
         table + ".sessions, excluded.sessions)";
}

void add(model::Counters& sum, const model::Counters& bytes) {
  sum = {store::saturating_sum(sum.rx_bytes, bytes.rx_bytes), store::saturating_sum(sum.tx_bytes, bytes.tx_bytes)};
}

// Rows of the same key become one, in the order of the key.
template <class Row, class Key>
void fold(std::vector<Row>& rows, Key key) {
  if (!std::ranges::is_sorted(rows, {}, key)) std::ranges::sort(rows, {}, key);
  std::size_t kept = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (key(rows[kept]) == key(rows[i])) {
      add(rows[kept].bytes, rows[i].bytes);
    } else {
      rows[++kept] = rows[i];
    }
  }
  if (!rows.empty()) rows.resize(kept + 1);
}

}  // namespace

TrafficWriter::Tier::Tier(Connection& connection, base::Seconds step_, const std::string& name)
    : step(step_),
      traffic(connection, "INSERT INTO traffic_" + name + " (at, \"user\", server, rx_bytes, tx_bytes) VALUES",
              {"BIGINT", "TEXT", "TEXT", "BIGINT", "BIGINT"},
              on_conflict_add("traffic_" + name, "at, \"user\", server")),
      load(connection, load_sql(name)),
      peak(connection, peak_sql(name)),
      peak_lock(connection, "INSERT INTO peak_" + name +
                                " (at, sessions) VALUES (?1, 0) ON CONFLICT (at) DO UPDATE SET "
                                "sessions = peak_" +
                                name + ".sessions") {}

TrafficWriter::TrafficWriter(Connection& connection, const model::Shard& shard)
    : has_neighbours_(!shard.is_whole()),
      repeats_keys_(connection.dialect().repeats_keys),
      minute_traffic_(connection, "INSERT INTO traffic_minute (at, session_id, rx_bytes, tx_bytes) VALUES",
                      {"BIGINT", "BIGINT", "BIGINT", "BIGINT"}, on_conflict_add("traffic_minute", "at, session_id")),
      minute_load_(connection, load_sql("minute")),
      minute_sessions_(connection, "SELECT sessions FROM load_minute WHERE at = ?1"),
      hour_(connection, store::hour, "hour"),
      day_(connection, store::day, "day") {}

void TrafficWriter::write(std::span<const contract::TrafficIncrement> increments) {
  std::vector<const contract::TrafficIncrement*> moved;
  moved.reserve(increments.size());
  for (const auto& increment : increments) {
    if (!increment.bytes.is_zero()) moved.push_back(&increment);
  }
  write_minutes(moved);
  std::vector<UserTraffic> rows;
  rows.reserve(moved.size());
  for (const auto* increment : moved)
    rows.push_back({increment->at, increment->user, increment->server, increment->bytes});
  for (auto* tier : {&hour_, &day_}) {
    for (auto& row : rows) row.at = base::floor_to(row.at, tier->step);
    fold(rows, [](const UserTraffic& row) { return std::tie(row.at, row.user, row.server); });
    tier->traffic.write(
        std::span<const UserTraffic>(rows), [](Statement& statement, int index, const UserTraffic& row) {
          statement.bind_from(index, row.at, row.user, row.server, row.bytes.rx_bytes, row.bytes.tx_bytes);
        });
  }
}

void TrafficWriter::write_minutes(std::span<const contract::TrafficIncrement* const> moved) {
  std::vector<MinuteTraffic> rows;
  rows.reserve(moved.size());
  for (const auto* increment : moved)
    rows.push_back({base::floor_to(increment->at, store::minute), increment->session_id, increment->bytes});
  if (!repeats_keys_) fold(rows, [](const MinuteTraffic& row) { return std::pair(row.at, row.session_id); });
  minute_traffic_.write(std::span<const MinuteTraffic>(rows),
                        [](Statement& statement, int index, const MinuteTraffic& row) {
                          statement.bind_from(index, row.at, row.session_id, row.bytes.rx_bytes, row.bytes.tx_bytes);
                        });
}

std::set<base::Time> TrafficWriter::write(std::span<const contract::ServerLoad> loads) {
  std::set<base::Time> minutes;
  for (const auto& load : loads) {
    const auto minute = base::floor_to(load.at, store::minute);
    // Minutes of late bytes count nobody: they cannot be a peak.
    if (load.sessions != 0 || load.bytes.is_zero()) minutes.insert(minute);
    write_load(minute_load_, minute, load);
  }
  for (auto* tier : {&hour_, &day_}) write_load_tier(*tier, loads);
  return minutes;
}

// Late bytes fill the minutes of a whole day: they are one row of an hour.
void TrafficWriter::write_load_tier(Tier& tier, std::span<const contract::ServerLoad> loads) {
  std::map<std::pair<base::Time, std::string_view>, contract::ServerLoad> rows;
  for (const auto& load : loads) {
    const auto [entry, is_first] = rows.try_emplace({base::floor_to(load.at, tier.step), load.server}, load);
    if (is_first) continue;
    auto& row = entry->second;
    row.sessions = std::max(row.sessions, load.sessions);
    add(row.bytes, load.bytes);
  }
  for (const auto& [key, row] : rows) write_load(tier.load, key.first, row);
}

void TrafficWriter::write_load(Statement& statement, base::Time at, const contract::ServerLoad& load) {
  statement.bind_all(at, load.server, load.bytes.rx_bytes, load.bytes.tx_bytes, load.sessions);
  statement.post();
}

void TrafficWriter::write_peaks(const std::set<base::Time>& minutes) {
  if (has_neighbours_) lock_peaks(minutes);
  for (const auto minute : minutes) write_peak(minute);
}

// What others wrote of a minute is seen once they are through: so this waits for them before it reads.
void TrafficWriter::lock_peaks(const std::set<base::Time>& minutes) {
  for (auto* tier : {&hour_, &day_}) {
    std::set<base::Time> steps;
    for (const auto minute : minutes) steps.insert(base::floor_to(minute, tier->step));
    for (const auto step : steps) {
      tier->peak_lock.bind_all(step);
      tier->peak_lock.post();
    }
  }
}

// Over all servers, also those that this batch says nothing of.
void TrafficWriter::write_peak(base::Time minute) {
  std::uint64_t sessions = 0;
  minute_sessions_.bind_all(minute);
  while (minute_sessions_.step()) sessions = store::saturating_sum(sessions, minute_sessions_.get<std::uint64_t>(0));
  minute_sessions_.reset();
  for (auto* tier : {&hour_, &day_}) {
    tier->peak.bind_all(base::floor_to(minute, tier->step), sessions);
    tier->peak.post();
  }
}

}  // namespace davylamp::sql
