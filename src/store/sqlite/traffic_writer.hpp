// Writes traffic into all tiers, and the load of servers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "contract/store.hpp"
#include "store/sqlite/statement.hpp"

namespace davylamp::sqlite {

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
    Statement traffic;
    Statement load;
    Statement peak;
  };
  struct Load {
    model::Counters bytes;
    std::uint64_t sessions = 0;
  };
  void write_tier(Tier& tier, std::vector<const contract::TrafficIncrement*>& moved);
  void write_load(base::Time minute, std::string_view server, const Load& load);
  void write_peaks(base::Time minute);

  Statement minute_traffic_;
  Statement minute_load_;
  Statement minute_sessions_;
  Tier hour_;
  Tier day_;
};

}  // namespace davylamp::sqlite
