// Heartbeats of cron lines and containers: healthchecks.io-style pings and Uptime-Kuma pushes. Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "api/answer.hpp"
#include "model/heartbeat.hpp"

namespace davylamp::api {

inline constexpr std::size_t most_ping_bytes = 10'000;
inline constexpr std::size_t most_note_bytes = 500;

enum class PingStyle { healthchecks, uptime_kuma };

// `key` is an agent's token, from the path: never log it. Without `heartbeat` the ping says nothing (/log).
struct Ping {
  PingStyle style = PingStyle::healthchecks;
  std::string key;
  std::optional<model::Heartbeat> heartbeat;
};

// /ping/{key}, /ping/{key}/start, /fail, /log, /{exit status 0 to 255}: the body is the note, cut to 500 bytes.
// /api/push/{key}?status=up|down&msg=...&ping=MILLISECONDS. Refuses with 404 what is no such path, with 422 what is
// none of these values.
std::expected<Ping, Refusal> read_ping(const Request& request);

}  // namespace davylamp::api
