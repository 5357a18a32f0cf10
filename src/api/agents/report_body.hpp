// The body of POST /api/v1/keepalive, whoever sends it. Pure: no clock, no I/O, no exception on input.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/answer.hpp"
#include "model/heartbeat.hpp"

namespace davylamp::api {

// `heartbeats` have no number, agent, received_at, connected_from nor places: those are the hub's to say. A measured_at
// that was not told is the epoch.
struct ReportBody {
  std::optional<std::string> client_id;
  std::vector<model::Heartbeat> heartbeats;
  bool own = false;  // davylamp-agent's shape
};

inline constexpr std::size_t most_heartbeats = 100;  // in one report

// davylamp-agent's {"client_id", "heartbeat": {...}} or {"client_id", "heartbeats": [...]}, with model::Heartbeat's
// members (unknown ones are passed over: agents may be newer), or VPN Sentinel's body (sentinel_body.hpp). Refuses with
// 400 what is not JSON or not an object, with 422 what is not as it must be.
std::expected<ReportBody, Refusal> read_report_body(std::string_view text);

}  // namespace davylamp::api
