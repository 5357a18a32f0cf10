// The paths at which agents and other tools report.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace davylamp::api {

inline constexpr std::string_view keepalive_path = "/api/v1/keepalive";
inline constexpr std::string_view status_path = "/api/v1/status";
inline constexpr std::string_view health_path = "/api/v1/health";
inline constexpr std::string_view address_path = "/api/v1/my-address";
inline constexpr std::string_view enrol_path = "/api/v1/agents/enrol";
inline constexpr std::string_view ping_prefix = "/ping/";
inline constexpr std::string_view push_prefix = "/api/push/";

constexpr bool is_ping_path(std::string_view path) {
  return path.starts_with(ping_prefix) || path.starts_with(push_prefix);
}
// Callers show a key of their own and no cookie: neither the name in Host nor an Origin matters there.
constexpr bool is_report_path(std::string_view path) {
  return path == keepalive_path || path == status_path || path == health_path || path == address_path ||
         path == enrol_path || is_ping_path(path);
}
// Every call at these paths, as the API's description names them: HEAD works wherever GET does.
inline constexpr std::array<std::string_view, 10> report_calls{
    "POST /api/v1/keepalive",    "GET /api/v1/status", "GET /api/v1/health", "GET /api/v1/my-address",
    "POST /api/v1/agents/enrol", "GET /ping/{key}",    "POST /ping/{key}",   "GET /ping/{key}/{signal}",
    "POST /ping/{key}/{signal}", "GET /api/push/{key}"};

// For logs: a path that holds a key, without it.
inline std::string path_without_key(std::string_view path) {
  for (const auto prefix : {ping_prefix, push_prefix}) {
    if (!path.starts_with(prefix)) continue;
    const auto rest = path.find('/', prefix.size());
    return std::string(prefix) + "KEY" + std::string(rest == std::string_view::npos ? "" : path.substr(rest));
  }
  return std::string(path);
}

}  // namespace davylamp::api
