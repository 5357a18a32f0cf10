// The JSON files of the OpenVPN web panel in Python: session_history.json, active_sessions.json,
// client_geolocation.json.
#pragma once

#include <optional>
#include <string>

#include "app/import/plan.hpp"

namespace davylamp::app {

// The files' texts. Nothing where there is no such file.
struct WebPanelFiles {
  std::optional<std::string> history;
  std::optional<std::string> active;
  std::optional<std::string> geolocation;
  // When the active sessions were last written: they are taken as ended then. Absent: they are refused, because
  // Davylamp counts what is still open itself.
  std::optional<base::Time> active_ended_at;
};

// Byte counts of the history are as exact as it has them: MiB with two decimals. Fails when a file is not what it
// should be; never throws on input.
base::Result<ImportPlan> plan_web_panel(const WebPanelFiles& files, const ImportWish& wish);

}  // namespace davylamp::app
