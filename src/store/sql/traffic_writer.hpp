// Writes traffic into all tiers, and the load of servers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/store.hpp"
#include "store/sql/bulk_insert.hpp"

namespace davylamp::sql {

class TrafficWriter {
 public:
  explicit TrafficWriter(Connection& connection);
  void write(std::span<const contract::TrafficIncrement> increments);
  void write(std::span<const contract::ServerLoad> loads);

 private:
  // The tables of hours, or of days.
  struct Tier {
    Tier(Connection& connection, base::Seconds step_, const std::string& name);
    base::Seconds step;
    BulkInsert traffic;
    Statement load;
    Statement peak;
  };
  struct UserTraffic {
    base::Time at;
    std::string_view user;
    std::string_view server;
    model::Counters bytes;
  };
  static void fold(std::vector<UserTraffic>& rows, base::Seconds step);
  static void write_load_tier(Tier& tier, std::span<const contract::ServerLoad> loads);
  static void write_load(Statement& statement, base::Time at, const contract::ServerLoad& load);
  void write_peaks(base::Time minute);

  BulkInsert minute_traffic_;
  Statement minute_load_;
  Statement minute_sessions_;
  Tier hour_;
  Tier day_;
};

}  // namespace davylamp::sql
