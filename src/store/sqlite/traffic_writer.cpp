#include "store/sqlite/traffic_writer.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include "store/series.hpp"
#include "store/sqlite/tier_sql.hpp"
#include "store/stored_form.hpp"

namespace davylamp::sqlite {
namespace {

std::string load_sql(const std::string& tier) {
  return "INSERT INTO load_" + tier + " (at, server, rx_bytes, tx_bytes, sessions) VALUES (?1, ?2, ?3, ?4, ?5) " +
         "ON CONFLICT DO UPDATE SET " + add_bytes_sql() + ", sessions = max(sessions, excluded.sessions)";
}

std::string traffic_sql(const std::string& tier) {
  return "INSERT INTO traffic_" + tier + " (at, user, server, rx_bytes, tx_bytes) VALUES (?1, ?2, ?3, ?4, ?5) " +
         "ON CONFLICT DO UPDATE SET " + add_bytes_sql();
}

std::string peak_sql(const std::string& tier) {
  return "INSERT INTO peak_" + tier + " (at, sessions) VALUES (?1, ?2) " +
         "ON CONFLICT DO UPDATE SET sessions = max(sessions, excluded.sessions)";
}

void add(model::Counters& sum, const model::Counters& bytes) {
  sum = {store::saturating_sum(sum.rx_bytes, bytes.rx_bytes), store::saturating_sum(sum.tx_bytes, bytes.tx_bytes)};
}

}  // namespace

TrafficWriter::Tier::Tier(Connection& connection, base::Seconds step_, const std::string& name)
    : step(step_), traffic(connection, traffic_sql(name)), load(connection, load_sql(name)), peak(connection, peak_sql(name)) {}

TrafficWriter::TrafficWriter(Connection& connection)
    : minute_traffic_(connection, "INSERT INTO traffic_minute (at, session_id, rx_bytes, tx_bytes) VALUES (?1, ?2, ?3, ?4) "
                                  "ON CONFLICT DO UPDATE SET " +
                                      add_bytes_sql()),
      minute_load_(connection, load_sql("minute")),
      minute_sessions_(connection, "SELECT sessions FROM load_minute WHERE at = ?1"),
      hour_(connection, store::hour, "hour"),
      day_(connection, store::day, "day") {}

void TrafficWriter::write(std::span<const contract::TrafficIncrement> increments) {
  std::vector<const contract::TrafficIncrement*> moved;
  moved.reserve(increments.size());
  for (const auto& increment : increments) {
    if (increment.bytes.is_zero()) continue;
    moved.push_back(&increment);
    const auto at = base::floor_to(increment.at, store::minute);
    minute_traffic_.bind_all(at, increment.session_id, increment.bytes.rx_bytes, increment.bytes.tx_bytes);
    minute_traffic_.run();
  }
  write_tier(hour_, moved);
  write_tier(day_, moved);
}

// In the order of the table's key: neighbours are written together, and a user's increments are one row.
void TrafficWriter::write_tier(Tier& tier, std::vector<const contract::TrafficIncrement*>& moved) {
  const auto key = [&](const contract::TrafficIncrement* increment) {
    return std::tuple<base::Time, std::string_view, std::string_view>(base::floor_to(increment->at, tier.step), increment->user,
                                                                      increment->server);
  };
  std::ranges::sort(moved, {}, key);
  for (std::size_t i = 0; i < moved.size();) {
    const auto group = key(moved[i]);
    model::Counters sum;
    for (; i < moved.size() && key(moved[i]) == group; ++i) add(sum, moved[i]->bytes);
    tier.traffic.bind_all(std::get<0>(group), std::get<1>(group), std::get<2>(group), sum.rx_bytes, sum.tx_bytes);
    tier.traffic.run();
  }
}

void TrafficWriter::write(std::span<const contract::ServerLoad> loads) {
  std::set<base::Time> minutes;
  for (const auto& load : loads) {
    const auto minute = base::floor_to(load.at, store::minute);
    minutes.insert(minute);
    write_load(minute_load_, minute, load);
    for (auto* tier : {&hour_, &day_}) write_load(tier->load, base::floor_to(minute, tier->step), load);
  }
  for (const auto minute : minutes) write_peaks(minute);
}

void TrafficWriter::write_load(Statement& statement, base::Time at, const contract::ServerLoad& load) {
  statement.bind_all(at, load.server, load.bytes.rx_bytes, load.bytes.tx_bytes, load.sessions);
  statement.run();
}

// Over all servers, also those that this batch says nothing of.
void TrafficWriter::write_peaks(base::Time minute) {
  std::uint64_t sessions = 0;
  minute_sessions_.bind_all(minute);
  while (minute_sessions_.step()) sessions = store::saturating_sum(sessions, minute_sessions_.get<std::uint64_t>(0));
  minute_sessions_.reset();
  for (auto* tier : {&hour_, &day_}) {
    tier->peak.bind_all(base::floor_to(minute, tier->step), sessions);
    tier->peak.run();
  }
}

}  // namespace davylamp::sqlite
