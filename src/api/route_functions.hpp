// Every call of the API; the table in routes.cpp says where it is found. docs/api/openapi.yaml says what it answers.
#pragma once

#include "api/routes.hpp"

namespace davylamp::api {

io::Task<Response> get_about(Resources& resources, const Call& call);
io::Task<Response> get_me(Resources& resources, const Call& call);
io::Task<Response> post_login(Resources& resources, const Call& call);
io::Task<Response> post_login_second_factor(Resources& resources, const Call& call);
io::Task<Response> get_login_options(Resources& resources, const Call& call);
io::Task<Response> get_oidc_start(Resources& resources, const Call& call);
io::Task<Response> get_oidc_callback(Resources& resources, const Call& call);
io::Task<Response> post_refresh(Resources& resources, const Call& call);
io::Task<Response> post_logout(Resources& resources, const Call& call);
io::Task<Response> post_own_password(Resources& resources, const Call& call);
io::Task<Response> post_second_factor(Resources& resources, const Call& call);
io::Task<Response> post_second_factor_confirm(Resources& resources, const Call& call);
io::Task<Response> post_second_factor_remove(Resources& resources, const Call& call);
io::Task<Response> get_accounts(Resources& resources, const Call& call);
io::Task<Response> post_account(Resources& resources, const Call& call);
io::Task<Response> put_account(Resources& resources, const Call& call);
io::Task<Response> delete_account(Resources& resources, const Call& call);
io::Task<Response> delete_account_second_factor(Resources& resources, const Call& call);
io::Task<Response> get_server_groups(Resources& resources, const Call& call);
io::Task<Response> put_server_group(Resources& resources, const Call& call);
io::Task<Response> delete_server_group(Resources& resources, const Call& call);
io::Task<Response> get_api_tokens(Resources& resources, const Call& call);
io::Task<Response> post_api_token(Resources& resources, const Call& call);
io::Task<Response> delete_api_token(Resources& resources, const Call& call);
io::Task<Response> get_sessions(Resources& resources, const Call& call);
io::Task<Response> get_session(Resources& resources, const Call& call);
io::Task<Response> post_session_end(Resources& resources, const Call& call);
io::Task<Response> get_users(Resources& resources, const Call& call);
io::Task<Response> get_user(Resources& resources, const Call& call);
io::Task<Response> delete_user(Resources& resources, const Call& call);
io::Task<Response> get_user_export(Resources& resources, const Call& call);
io::Task<Response> post_block(Resources& resources, const Call& call);
io::Task<Response> delete_block(Resources& resources, const Call& call);
io::Task<Response> get_quotas(Resources& resources, const Call& call);
io::Task<Response> get_limits(Resources& resources, const Call& call);
io::Task<Response> post_limit(Resources& resources, const Call& call);
io::Task<Response> put_limit(Resources& resources, const Call& call);
io::Task<Response> delete_limit(Resources& resources, const Call& call);
io::Task<Response> post_grant(Resources& resources, const Call& call);
io::Task<Response> delete_grant(Resources& resources, const Call& call);
io::Task<Response> post_reset(Resources& resources, const Call& call);
io::Task<Response> get_periods(Resources& resources, const Call& call);
io::Task<Response> put_group(Resources& resources, const Call& call);
io::Task<Response> delete_group(Resources& resources, const Call& call);
io::Task<Response> get_servers(Resources& resources, const Call& call);
io::Task<Response> get_stats(Resources& resources, const Call& call);
io::Task<Response> get_map(Resources& resources, const Call& call);
io::Task<Response> get_history(Resources& resources, const Call& call);
io::Task<Response> get_events(Resources& resources, const Call& call);
io::Task<Response> get_attempts(Resources& resources, const Call& call);
io::Task<Response> get_agents(Resources& resources, const Call& call);
io::Task<Response> get_agent(Resources& resources, const Call& call);
io::Task<Response> put_agent(Resources& resources, const Call& call);
io::Task<Response> delete_agent(Resources& resources, const Call& call);
io::Task<Response> post_agent_test(Resources& resources, const Call& call);
io::Task<Response> post_agent_token(Resources& resources, const Call& call);
io::Task<Response> delete_agent_tokens(Resources& resources, const Call& call);
io::Task<Response> get_exits(Resources& resources, const Call& call);
io::Task<Response> get_nodes(Resources& resources, const Call& call);
io::Task<Response> post_node_enrol(Resources& resources, const Call& call);
io::Task<Response> delete_node(Resources& resources, const Call& call);
io::Task<Response> get_incidents(Resources& resources, const Call& call);
io::Task<Response> get_incident(Resources& resources, const Call& call);
io::Task<Response> post_incident_acknowledge(Resources& resources, const Call& call);
io::Task<Response> get_alert_rules(Resources& resources, const Call& call);
io::Task<Response> post_alert_rule(Resources& resources, const Call& call);
io::Task<Response> put_alert_rule(Resources& resources, const Call& call);
io::Task<Response> delete_alert_rule(Resources& resources, const Call& call);
io::Task<Response> get_silences(Resources& resources, const Call& call);
io::Task<Response> post_silence(Resources& resources, const Call& call);
io::Task<Response> delete_silence(Resources& resources, const Call& call);
io::Task<Response> get_channels(Resources& resources, const Call& call);
io::Task<Response> post_channel_test(Resources& resources, const Call& call);
io::Task<Response> get_audit(Resources& resources, const Call& call);
io::Task<Response> get_audit_export(Resources& resources, const Call& call);
io::Task<Response> get_audit_check(Resources& resources, const Call& call);
io::Task<Response> get_jobs(Resources& resources, const Call& call);
io::Task<Response> post_job_run(Resources& resources, const Call& call);
io::Task<Response> get_losses(Resources& resources, const Call& call);
io::Task<Response> get_privacy(Resources& resources, const Call& call);
// Tells a plain GET to come back as a WebSocket (ApiService::open_live).
io::Task<Response> get_live(Resources& resources, const Call& call);

}  // namespace davylamp::api
