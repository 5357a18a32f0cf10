// The table `heartbeats` of a journal: (number, received_at, heartbeat). `received_at` and what is in a heartbeat are
// milliseconds and the codec's JSON: written once, read once or never.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/heartbeat.hpp"
#include "store/sql/bulk_insert.hpp"
#include "store/sql/statement.hpp"

namespace davylamp::sql {

class HeartbeatRows {
 public:
  // `keep`: a condition of rows that stay whatever forget() is told, such as "AND number < ..."; empty: none.
  HeartbeatRows(Connection& connection, std::string_view keep);
  // Gives them the numbers after `last`, in order; returns the last one given. Within the caller's transaction.
  std::uint64_t write(std::vector<model::Heartbeat>& heartbeats, std::uint64_t last);
  // As contract::HeartbeatJournal.
  std::vector<model::Heartbeat> read(std::uint64_t after, std::size_t most);
  // As contract::HeartbeatJournal; a bounded number of rows a call, in slices, so that who appends never waits long.
  std::uint64_t forget(std::uint64_t number, base::Time before);

 private:
  BulkInsert insert_;
  Statement read_;
  Statement forget_;
};

}  // namespace davylamp::sql
