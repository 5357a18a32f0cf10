#include "api/routes.hpp"

#include <array>

#include "api/route_functions.hpp"
#include "base/text.hpp"

namespace davylamp::api {
namespace {

constexpr std::array table{
    Route{Method::get, "/api/v1/about", Access::anyone, get_about},
    Route{Method::post, "/api/v1/auth/login", Access::anyone, post_login, RateClass::login},
    Route{Method::post, "/api/v1/auth/second-factor", Access::anyone, post_login_second_factor, RateClass::login},
    Route{Method::get, "/api/v1/login-options", Access::anyone, get_login_options},
    Route{Method::get, "/api/v1/oidc/start", Access::anyone, get_oidc_start, RateClass::login},
    Route{Method::get, "/api/v1/oidc/callback", Access::anyone, get_oidc_callback, RateClass::login},
    Route{Method::post, "/api/v1/auth/refresh", Access::anyone, post_refresh},
    Route{Method::post, "/api/v1/auth/logout", Access::anyone, post_logout},
    Route{Method::get, "/api/v1/me", Access::viewer, get_me},
    Route{Method::post, "/api/v1/me/password", Access::viewer, post_own_password, RateClass::login},
    Route{Method::post, "/api/v1/me/second-factor", Access::viewer, post_second_factor, RateClass::login},
    Route{Method::post, "/api/v1/me/second-factor/confirm", Access::viewer, post_second_factor_confirm,
          RateClass::login},
    Route{Method::post, "/api/v1/me/second-factor/remove", Access::viewer, post_second_factor_remove, RateClass::login},
    Route{Method::get, "/api/v1/sessions", Access::viewer, get_sessions},
    Route{Method::get, "/api/v1/sessions/{id}", Access::viewer, get_session},
    Route{Method::post, "/api/v1/sessions/{id}/end", Access::operator_, post_session_end},
    Route{Method::get, "/api/v1/users", Access::viewer, get_users},
    Route{Method::get, "/api/v1/users/{user}", Access::viewer, get_user},
    Route{Method::delete_, "/api/v1/users/{user}", Access::admin, delete_user},
    Route{Method::get, "/api/v1/users/{user}/export", Access::admin, get_user_export, RateClass::heavy},
    Route{Method::post, "/api/v1/users/{user}/block", Access::operator_, post_block},
    Route{Method::delete_, "/api/v1/users/{user}/block", Access::operator_, delete_block},
    Route{Method::get, "/api/v1/quotas", Access::viewer, get_quotas},
    Route{Method::get, "/api/v1/limits", Access::viewer, get_limits},
    Route{Method::post, "/api/v1/limits", Access::admin, post_limit},
    Route{Method::put, "/api/v1/limits/{id}", Access::admin, put_limit},
    Route{Method::delete_, "/api/v1/limits/{id}", Access::admin, delete_limit},
    Route{Method::post, "/api/v1/limits/{id}/grants", Access::operator_, post_grant},
    Route{Method::post, "/api/v1/limits/{id}/reset", Access::operator_, post_reset},
    Route{Method::get, "/api/v1/limits/{id}/periods", Access::viewer, get_periods},
    Route{Method::delete_, "/api/v1/grants/{id}", Access::operator_, delete_grant},
    Route{Method::put, "/api/v1/groups/{name}", Access::admin, put_group},
    Route{Method::delete_, "/api/v1/groups/{name}", Access::admin, delete_group},
    Route{Method::get, "/api/v1/servers", Access::viewer, get_servers},
    Route{Method::get, "/api/v1/stats", Access::viewer, get_stats},
    Route{Method::get, "/api/v1/map", Access::viewer, get_map},
    Route{Method::get, "/api/v1/history", Access::viewer, get_history},
    Route{Method::get, "/api/v1/events", Access::viewer, get_events},
    Route{Method::get, "/api/v1/attempts", Access::viewer, get_attempts},
    Route{Method::get, "/api/v1/agents", Access::viewer, get_agents},
    Route{Method::get, "/api/v1/agents/{name}", Access::viewer, get_agent},
    Route{Method::put, "/api/v1/agents/{name}", Access::admin, put_agent},
    Route{Method::delete_, "/api/v1/agents/{name}", Access::admin, delete_agent},
    Route{Method::post, "/api/v1/agents/{name}/test", Access::operator_, post_agent_test},
    Route{Method::post, "/api/v1/agents/{name}/token", Access::admin, post_agent_token},
    Route{Method::delete_, "/api/v1/agents/{name}/token", Access::admin, delete_agent_tokens},
    Route{Method::get, "/api/v1/exits", Access::viewer, get_exits},
    Route{Method::get, "/api/v1/nodes", Access::viewer, get_nodes},
    Route{Method::post, "/api/v1/nodes/{name}/enrol", Access::admin, post_node_enrol},
    Route{Method::delete_, "/api/v1/nodes/{name}", Access::admin, delete_node},
    Route{Method::get, "/api/v1/incidents", Access::viewer, get_incidents},
    Route{Method::get, "/api/v1/incidents/{id}", Access::viewer, get_incident},
    Route{Method::post, "/api/v1/incidents/{id}/acknowledge", Access::operator_, post_incident_acknowledge},
    Route{Method::get, "/api/v1/alert-rules", Access::viewer, get_alert_rules},
    Route{Method::post, "/api/v1/alert-rules", Access::admin, post_alert_rule},
    Route{Method::put, "/api/v1/alert-rules/{id}", Access::admin, put_alert_rule},
    Route{Method::delete_, "/api/v1/alert-rules/{id}", Access::admin, delete_alert_rule},
    Route{Method::get, "/api/v1/silences", Access::viewer, get_silences},
    Route{Method::post, "/api/v1/silences", Access::operator_, post_silence},
    Route{Method::delete_, "/api/v1/silences/{id}", Access::operator_, delete_silence},
    Route{Method::get, "/api/v1/channels", Access::viewer, get_channels},
    Route{Method::post, "/api/v1/channels/{name}/test", Access::operator_, post_channel_test},
    Route{Method::get, "/api/v1/accounts", Access::auditor, get_accounts},
    Route{Method::post, "/api/v1/accounts", Access::admin, post_account},
    Route{Method::put, "/api/v1/accounts/{name}", Access::admin, put_account},
    Route{Method::delete_, "/api/v1/accounts/{name}", Access::admin, delete_account},
    Route{Method::delete_, "/api/v1/accounts/{name}/second-factor", Access::admin, delete_account_second_factor},
    Route{Method::get, "/api/v1/server-groups", Access::auditor, get_server_groups},
    Route{Method::put, "/api/v1/server-groups/{name}", Access::admin, put_server_group},
    Route{Method::delete_, "/api/v1/server-groups/{name}", Access::admin, delete_server_group},
    Route{Method::get, "/api/v1/api-tokens", Access::viewer, get_api_tokens},
    Route{Method::post, "/api/v1/api-tokens", Access::viewer, post_api_token},
    Route{Method::delete_, "/api/v1/api-tokens/{id}", Access::viewer, delete_api_token},
    Route{Method::get, "/api/v1/audit", Access::auditor, get_audit},
    Route{Method::get, "/api/v1/audit/export", Access::auditor, get_audit_export, RateClass::heavy},
    Route{Method::get, "/api/v1/audit/check", Access::auditor, get_audit_check, RateClass::heavy},
    Route{Method::get, "/api/v1/jobs", Access::viewer, get_jobs},
    Route{Method::post, "/api/v1/jobs/{name}/run", Access::admin, post_job_run},
    Route{Method::get, "/api/v1/losses", Access::viewer, get_losses},
    Route{Method::get, "/api/v1/privacy", Access::viewer, get_privacy},
    Route{Method::get, "/api/v1/live", Access::viewer, get_live},
};

using Segments = std::vector<std::string>;

Segments segments_of(const Request& request) {
  if (!request.segments.empty()) return request.segments;
  Segments segments;
  for (const auto part : base::split(std::string_view(request.path).substr(1), '/')) segments.emplace_back(part);
  return segments;
}

// What stands for the {parts}; nothing when the path is another one.
std::optional<std::vector<std::string>> match(std::string_view pattern, const Segments& segments) {
  const auto parts = base::split(pattern.substr(1), '/');
  if (parts.size() != segments.size()) return std::nullopt;
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].starts_with('{')) {
      if (parts[i] != segments[i]) return std::nullopt;
    } else if (segments[i].empty()) {
      return std::nullopt;
    } else {
      parameters.push_back(segments[i]);
    }
  }
  return parameters;
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

RouteMatch find_route(const Request& request) {
  const auto wanted = request.method == Method::head ? Method::get : request.method;
  const auto segments = segments_of(request);
  RouteMatch found;
  for (const auto& route : table) {
    auto parameters = match(route.path, segments);
    if (!parameters) continue;
    found.allowed.push_back(route.method);
    if (route.method == Method::get) found.allowed.push_back(Method::head);
    if (route.method != wanted) continue;
    found.route = &route;
    found.parameters = std::move(*parameters);
  }
  return found;
}

RateClass rate_class_of(const RouteMatch& match, const Request& request) {
  constexpr std::uint64_t longest_ordinary_hours = 7 * 24;
  if (match.route == nullptr) return RateClass::ordinary;
  if (match.route->function != get_history) return match.route->rate_class;
  const auto hours = request.query.find("hours");
  if (hours == request.query.end()) return RateClass::ordinary;
  const auto wanted = base::parse_number<std::uint64_t>(hours->second).value_or(0);
  return wanted > longest_ordinary_hours ? RateClass::heavy : RateClass::ordinary;
}

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::delete_:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      break;
  }
  return "OTHER";
}

bool may(const Caller& caller, Access access) {
  switch (access) {
    case Access::anyone:
    case Access::viewer:
      return true;
    case Access::auditor:
      return caller.role == model::Role::auditor || caller.role == model::Role::admin;
    case Access::operator_:
      return caller.role == model::Role::operator_ || caller.role == model::Role::admin;
    case Access::admin:
      return caller.role == model::Role::admin;
  }
  return false;
}

}  // namespace davylamp::api
