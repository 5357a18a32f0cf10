// The SQLite tables of the OpenVPN traffic monitors: users, user_quotas, traffic_logs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/import/plan.hpp"

namespace davylamp::app {

// Rows as text; nothing for NULL.
using ImportRow = std::vector<std::optional<std::string>>;

struct TrafficMonitorTables {
  std::vector<ImportRow> users;   // id, username
  std::vector<ImportRow> quotas;  // user_id, quota_bytes, bytes_used
  std::vector<ImportRow> logs;    // id, user_id, bytes_sent, bytes_received, log_timestamp
};

// A line of the log becomes a session that is known by its end alone. A quota becomes a limit on what the user moves in
// both directions per calendar month of UTC, as that monitor's own reset did; `bytes_used` is not taken over, because
// the log has it. Never throws on input.
ImportPlan plan_traffic_monitor(const TrafficMonitorTables& tables, const ImportWish& wish);

}  // namespace davylamp::app
