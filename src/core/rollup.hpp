// Per-minute totals of each server, for the charts.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/ledger.hpp"

namespace davylamp::core {

class Rollup {
 public:
  // Bytes that moved within the minute of `at`.
  void add(const std::string& server, base::Time at, const model::Counters& bytes);
  // Bytes that moved at some time between `since` and `at`: spread evenly over those minutes, at most a day back. The
  // sum stays exact: what does not divide goes into the last minute.
  void add_late(const std::string& server, base::Time since, base::Time at, const model::Counters& bytes);
  // So many sessions are open at `at`.
  void load(const std::string& server, base::Time at, std::uint64_t sessions);
  // Everything since the last call.
  std::vector<model::ServerLoad> take();

 private:
  struct Minute {
    std::uint64_t sessions = 0;
    model::Counters bytes;
  };
  // Every late share begins at one minute and ends with another: the two are kept, not the minutes between, so that
  // ten thousand adopted sessions cost ten thousand steps and not ten thousand days.
  struct Step {
    model::Counters begins;
    model::Counters ends;
  };
  struct ServerMinutes {
    std::map<base::Time, Minute> minutes;
    std::map<base::Time, Step> steps;
  };
  static void spread(ServerMinutes& server);
  std::map<std::string, ServerMinutes> servers_;
};

}  // namespace davylamp::core
