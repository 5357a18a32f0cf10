// Writes traffic into all tiers, and the load of servers.
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/store.hpp"
#include "store/sql/bulk_insert.hpp"

namespace davylamp::sql {

class TrafficWriter {
 public:
  TrafficWriter(Connection& connection, const model::Shard& shard);
  void write(std::span<const contract::TrafficIncrement> increments);
  // Returns the minutes that may be a peak over all servers: for write_peaks().
  std::set<base::Time> write(std::span<const contract::ServerLoad> loads);
  // Last of all in a transaction: writers of other shards wait for each other here.
  void write_peaks(const std::set<base::Time>& minutes);

 private:
  // The tables of hours, or of days.
  struct Tier {
    Tier(Connection& connection, base::Seconds step_, const std::string& name);
    base::Seconds step;
    BulkInsert traffic;
    Statement load;
    Statement peak;
    Statement peak_lock;
  };
  struct MinuteTraffic {
    base::Time at;
    model::SessionId session_id;
    model::Counters bytes;
  };
  struct UserTraffic {
    base::Time at;
    std::string_view user;
    std::string_view server;
    model::Counters bytes;
  };
  void write_minutes(std::span<const contract::TrafficIncrement* const> moved);
  static void write_load_tier(Tier& tier, std::span<const contract::ServerLoad> loads);
  static void write_load(Statement& statement, base::Time at, const contract::ServerLoad& load);
  void lock_peaks(const std::set<base::Time>& minutes);
  void write_peak(base::Time minute);

  bool has_neighbours_;
  bool repeats_keys_;
  BulkInsert minute_traffic_;
  Statement minute_load_;
  Statement minute_sessions_;
  Tier hour_;
  Tier day_;
};

}  // namespace davylamp::sql
