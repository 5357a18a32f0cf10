// Agents: what is true of them, what was, and what is expected of them.
#include "api/agent_checks.hpp"
#include "api/agents/key_ring.hpp"
#include "api/audit_line.hpp"
#include "api/auth/token_text.hpp"
#include "api/dto/agents.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::AgentStore;

constexpr auto history_days = std::chrono::hours(24 * 90);
constexpr auto exits_days = std::chrono::hours(24 * 7);
constexpr auto one_time_lasts = std::chrono::hours(24);

Response no_agent(const Request& request) {
  return refusal_response(request, {404, "not-found", "There is no such agent.", std::nullopt});
}

// Whether it is new; nothing when there are too many.
std::optional<bool> put(AgentStore& store, const model::AgentSettings& settings, model::AuditEntry audit) {
  const auto all = store.agents();
  const bool known = std::ranges::find(all, settings.name, &model::AgentSettings::name) != all.end();
  if (!known && all.size() >= KeyRing::most_agents) return std::nullopt;
  audit.action = known ? "agent_changed" : "agent_added";
  store.put_agent(settings, audit);
  return !known;
}

}  // namespace

io::Task<Response> get_agents(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  AgentList list;
  for (const auto& [name, agent] : resources.view.agents()) list.items.push_back(agent_view(agent));
  co_return json_response(list);
}

// What the page does not have of it: the last report, whole as of the last commit, and its history.
io::Task<Response> get_agent(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto& name = call.parameter();
  const auto now = resources.clock.now();
  struct Stored {
    std::optional<model::Agent> agent;
    std::vector<model::AgentHour> hours;
  };
  auto stored = co_await resources.reader.call([name, now](contract::StoreReader& reader) {
    return Stored{reader.agent(name), reader.agent_hours(name, now - history_days, now)};
  });
  const auto live = resources.view.agents().find(name);
  if (!stored.agent && live == resources.view.agents().end()) co_return no_agent(call.request);
  AgentDetail detail;
  detail.agent = agent_view(live == resources.view.agents().end() ? *stored.agent : live->second);
  if (stored.agent) detail.agent.last = std::move(stored.agent->last);
  detail.history = resources.alerting.history(stored.hours, now);
  co_return json_response(detail);
}

io::Task<Response> put_agent(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto reason = parameters.text("reason");
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto settings = read_body<model::AgentSettings>(call.request);
  if (!settings) co_return std::move(settings.error());
  if (settings->name.empty()) settings->name = call.parameter();
  auto complaints = check_agent(*settings);
  if (settings->name != call.parameter()) complaints.add("name", "must be the name in the path");
  check_reason(complaints, reason, Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  const auto audit = audit_entry(resources, call, {"agent_changed", settings->name, reason});
  const auto fresh =
      co_await resources.alerting.agents->call([&](AgentStore& store) { return put(store, *settings, audit); });
  if (!fresh)
    co_return refusal_response(call.request, {409, "too-many", "There are too many agents already.", std::nullopt});
  co_await resources.effects.agents_changed();
  auto response = json_response(*settings);
  co_return *fresh ? created(std::move(response)) : std::move(response);
}

io::Task<Response> delete_agent(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  const auto audit = audit_entry(resources, call, {"agent_removed", name, *reason});
  const auto removed =
      co_await resources.alerting.agents->call([&](AgentStore& store) { return store.remove_agent(name, audit); });
  if (!removed) co_return store_refusal(call.request, removed.error());
  co_await resources.effects.agents_changed();
  co_return no_content();
}

// An agent is never called: it is told in the answer to its next report.
io::Task<Response> post_agent_test(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto& name = call.parameter();
  if (!resources.view.agents().contains(name)) co_return no_agent(call.request);
  if (!resources.alerting.ask_again || !resources.alerting.ask_again(name)) {
    const std::string detail = "This agent does not take orders: it has never reported with a token of its own.";
    co_return refusal_response(call.request, {409, "cannot-be-asked", detail, std::nullopt});
  }
  co_await write_audit(resources, call, {"agent_tested", name, ""});
  co_return no_content();
}

io::Task<Response> post_agent_token(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto body = read_body<TokenRequest>(call.request);
  if (!body) co_return std::move(body.error());
  const auto reason = body->reason.value_or("");
  Complaints complaints;
  check_reason(complaints, reason, Need::optional);
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  const auto now = resources.clock.now();
  IssuedToken issued{random_token(), std::nullopt};
  if (body->one_time) issued.expires_at = now + one_time_lasts;
  const model::AgentToken token{.agent = call.parameter(),
                                .token_hash = fingerprint(issued.token),
                                .one_time = body->one_time,
                                .created_at = now,
                                .expires_at = issued.expires_at};
  const auto* const what = body->one_time ? "one-time" : "";
  const auto audit = audit_entry(resources, call, {"agent_token_issued", token.agent, reason, what});
  const auto added =
      co_await resources.alerting.agents->call([&](AgentStore& store) { return store.add_token(token, audit); });
  if (!added) co_return store_refusal(call.request, added.error());
  co_await resources.effects.agents_changed();
  co_return created(json_response(issued));
}

io::Task<Response> delete_agent_tokens(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto& name = call.parameter();
  if (!resources.view.agents().contains(name)) co_return no_agent(call.request);
  const auto audit = audit_entry(resources, call, {"agent_tokens_revoked", name, *reason});
  co_await resources.alerting.agents->call([&](AgentStore& store) { return store.revoke_tokens(name, audit); });
  co_await resources.effects.agents_changed();
  co_return no_content();
}

io::Task<Response> get_exits(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  const auto now = resources.clock.now();
  const auto hours = co_await resources.reader.call(
      [now](contract::StoreReader& reader) { return reader.agent_hours("", now - exits_days, now); });
  co_return json_response(ExitList{resources.alerting.exits(hours)});
}

}  // namespace davylamp::api
