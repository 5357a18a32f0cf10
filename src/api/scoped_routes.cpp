#include "api/scoped_routes.hpp"

#include <array>

#include "api/answer.hpp"
#include "api/dto/house.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using enum ScopeRule;

struct Decision {
  RouteFunction function;
  ScopeRule rule;
};

constexpr std::array rules{
    Decision{get_about, open},
    Decision{post_login, open},
    Decision{post_login_second_factor, open},
    Decision{get_login_options, open},
    Decision{get_oidc_start, open},
    Decision{get_oidc_callback, open},
    Decision{post_refresh, open},
    Decision{post_logout, open},
    Decision{get_me, open},
    Decision{post_own_password, open},
    Decision{post_second_factor, open},
    Decision{post_second_factor_confirm, open},
    Decision{post_second_factor_remove, open},
    Decision{get_api_tokens, open},
    Decision{post_api_token, open},
    Decision{delete_api_token, open},
    Decision{get_privacy, open},
    Decision{get_sessions, narrowed},
    Decision{get_session, narrowed},
    Decision{post_session_end, narrowed},
    Decision{get_users, narrowed},
    Decision{get_user, narrowed},
    Decision{get_servers, narrowed},
    Decision{get_stats, narrowed},
    Decision{get_map, narrowed},
    Decision{get_history, narrowed},
    Decision{get_events, narrowed},
    Decision{get_attempts, narrowed},
    Decision{get_incidents, narrowed},
    Decision{get_incident, narrowed},
    Decision{post_incident_acknowledge, narrowed},
    Decision{get_live, narrowed},
    Decision{get_quotas, empty},
    Decision{get_limits, empty},
    Decision{get_agents, empty},
    Decision{get_exits, empty},
    Decision{get_alert_rules, empty},
    Decision{get_silences, empty},
    Decision{get_channels, empty},
    Decision{get_nodes, empty},
    Decision{get_jobs, empty},
    Decision{get_losses, empty},
    Decision{delete_user, refused},
    Decision{get_user_export, refused},
    Decision{post_block, refused},
    Decision{delete_block, refused},
    Decision{post_limit, refused},
    Decision{put_limit, refused},
    Decision{delete_limit, refused},
    Decision{post_grant, refused},
    Decision{post_reset, refused},
    Decision{get_periods, refused},
    Decision{delete_grant, refused},
    Decision{put_group, refused},
    Decision{delete_group, refused},
    Decision{get_agent, refused},
    Decision{put_agent, refused},
    Decision{delete_agent, refused},
    Decision{post_agent_test, refused},
    Decision{post_agent_token, refused},
    Decision{delete_agent_tokens, refused},
    Decision{post_alert_rule, refused},
    Decision{put_alert_rule, refused},
    Decision{delete_alert_rule, refused},
    Decision{post_silence, refused},
    Decision{delete_silence, refused},
    Decision{post_channel_test, refused},
    Decision{post_node_enrol, refused},
    Decision{delete_node, refused},
    Decision{get_accounts, refused},
    Decision{post_account, refused},
    Decision{put_account, refused},
    Decision{delete_account, refused},
    Decision{delete_account_second_factor, refused},
    Decision{get_server_groups, refused},
    Decision{put_server_group, refused},
    Decision{delete_server_group, refused},
    Decision{get_audit, refused},
    Decision{get_audit_export, refused},
    Decision{get_audit_check, refused},
    Decision{post_job_run, refused},
};

// All other lists have nothing but their items.
Response empty_answer(RouteFunction function) {
  if (function == get_limits) return json_response(model::Limits{});
  if (function == get_quotas) return json_response(QuotaPage{});
  return json_response(JobList{});
}

}  // namespace

std::optional<ScopeRule> scope_rule(RouteFunction function) {
  for (const auto& [known, rule] : rules) {
    if (known == function) return rule;
  }
  return std::nullopt;
}

std::optional<Response> answer_outside_scope(const Route& route, const Call& call) {
  if (call.scope.is_everything()) return std::nullopt;
  const auto rule = scope_rule(route.function).value_or(refused);
  if (rule == open || rule == narrowed) return std::nullopt;
  if (rule == empty) return empty_answer(route.function);
  return refusal_response(
      call.request,
      {403, "outside-scope",
       "Your account sees only some of the servers, and this is not of one server. Ask somebody who sees all of them.",
       std::nullopt});
}

std::vector<std::string> servers_for(const Resources& resources, const Call& call, std::vector<std::string> asked) {
  if (call.scope.is_everything()) return asked;
  std::vector<std::string> known;
  for (const auto& [name, server] : resources.view.servers()) known.push_back(name);
  return call.scope.narrow(std::move(asked), known);
}

}  // namespace davylamp::api
