// Rules and silences.
#include <algorithm>

#include "api/agent_checks.hpp"
#include "api/audit_line.hpp"
#include "api/parameters.hpp"
#include "api/route_functions.hpp"

namespace davylamp::api {
namespace {

using contract::AlertStore;

void tell_alerting_changed(const Resources& resources) {
  resources.effects.issue({0, resources.clock.now() + base::Seconds(60), model::AlertingChanged{}});
}

std::string rule_text(const model::AlertRule& rule) {
  return "rule " + rule.name + ": " + std::string(base::json::enum_name(rule.condition)) +
         (rule.enabled ? "" : ", switched off");
}

std::string silence_text(const model::Silence& silence) {
  return std::string(silence.maintenance ? "maintenance" : "silence") +
         (silence.condition ? ": " + std::string(base::json::enum_name(*silence.condition)) : "");
}

struct RuleChange {
  model::AlertRule rule;
  model::AuditEntry audit;
};

std::expected<RuleChange, Response> read_rule(const Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  const auto reason = parameters.text("reason");
  if (auto refusal = parameters.refusal()) return std::unexpected(std::move(*refusal));
  auto rule = read_body<model::AlertRule>(call.request);
  if (!rule) return std::unexpected(std::move(rule.error()));
  auto complaints = check_rule(*rule, resources.alerting.channels, resources.zones);
  check_reason(complaints, reason, Need::optional);
  if (!complaints.empty()) return std::unexpected(complaints.refusal(call.request));
  rule->id = call.parameters.empty() ? 0 : id_of(call.parameter());
  const auto* const action = call.parameters.empty() ? "alert_rule_added" : "alert_rule_changed";
  auto audit = audit_entry(resources, call, {action, rule->subject, reason, rule_text(*rule)});
  return RuleChange{std::move(*rule), std::move(audit)};
}

}  // namespace

io::Task<Response> get_alert_rules(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto alerting = co_await resources.alerting.alerts->call([](AlertStore& store) { return store.alerting(); });
  co_return json_response(AlertRuleList{std::move(alerting.rules)});
}

io::Task<Response> post_alert_rule(Resources& resources, const Call& call) {
  auto change = read_rule(resources, call);
  if (!change) co_return std::move(change.error());
  change->rule.id = co_await resources.alerting.alerts->call(
      [&](AlertStore& store) { return store.add_rule(change->rule, change->audit); });
  tell_alerting_changed(resources);
  co_return created(json_response(change->rule));
}

io::Task<Response> put_alert_rule(Resources& resources, const Call& call) {
  auto change = read_rule(resources, call);
  if (!change) co_return std::move(change.error());
  const auto done = co_await resources.alerting.alerts->call(
      [&](AlertStore& store) { return store.change_rule(change->rule, change->audit); });
  if (!done) co_return store_refusal(call.request, done.error());
  tell_alerting_changed(resources);
  co_return json_response(change->rule);
}

io::Task<Response> delete_alert_rule(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto id = id_of(call.parameter());
  const auto entry_of = [&](const model::AlertRule& rule) {
    return audit_entry(resources, call, {"alert_rule_removed", rule.subject, *reason, rule_text(rule)});
  };
  const auto removed = co_await resources.alerting.alerts->call([&](AlertStore& store) -> base::Result<void> {
    const auto rules = store.alerting().rules;
    const auto found = std::ranges::find(rules, id, &model::AlertRule::id);
    if (found == rules.end()) return base::fail("not_found", "There is no such rule.");
    return store.remove_rule(id, entry_of(*found));
  });
  if (!removed) co_return store_refusal(call.request, removed.error());
  tell_alerting_changed(resources);
  co_return no_content();
}

io::Task<Response> get_silences(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto alerting = co_await resources.alerting.alerts->call([](AlertStore& store) { return store.alerting(); });
  co_return json_response(SilenceList{std::move(alerting.silences)});
}

io::Task<Response> post_silence(Resources& resources, const Call& call) {
  Parameters parameters(call.request);
  if (auto refusal = parameters.refusal()) co_return std::move(*refusal);
  auto silence = read_body<model::Silence>(call.request);
  if (!silence) co_return std::move(silence.error());
  const auto complaints = check_silence(*silence, resources.clock.now());
  if (!complaints.empty()) co_return complaints.refusal(call.request);
  silence->made_by = call.caller->account;
  const auto audit =
      audit_entry(resources, call, {"silence_added", silence->subject, silence->reason, silence_text(*silence)});
  silence->id =
      co_await resources.alerting.alerts->call([&](AlertStore& store) { return store.add_silence(*silence, audit); });
  tell_alerting_changed(resources);
  co_return created(json_response(*silence));
}

io::Task<Response> delete_silence(Resources& resources, const Call& call) {
  const auto reason = read_reason(call.request, Need::optional);
  if (!reason) co_return reason.error();
  const auto id = id_of(call.parameter());
  const auto now = resources.clock.now();
  const auto entry_of = [&](const model::Silence& silence) {
    return audit_entry(resources, call, {"silence_ended", silence.subject, *reason, silence_text(silence)});
  };
  const auto ended = co_await resources.alerting.alerts->call([&](AlertStore& store) -> base::Result<void> {
    const auto silences = store.alerting().silences;
    const auto found = std::ranges::find(silences, id, &model::Silence::id);
    if (found == silences.end()) return base::fail("not_found", "There is no such silence.");
    return store.end_silence(id, now, entry_of(*found));
  });
  if (!ended) co_return store_refusal(call.request, ended.error());
  tell_alerting_changed(resources);
  co_return no_content();
}

}  // namespace davylamp::api
