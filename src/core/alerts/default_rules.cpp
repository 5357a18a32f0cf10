// What a fresh installation has; README.md lists it.
#include "core/alerts/alert_engine.hpp"

namespace davylamp::core {
namespace {

using model::AlertRule;
using model::ConditionKind;
using model::Severity;

struct Pace {
  std::uint32_t hold_seconds = 0;
  std::uint32_t clear_seconds = 0;
  std::uint32_t needed = 1;
  std::uint32_t of = 1;
};

AlertRule rule(ConditionKind condition, std::string name, Severity severity, Pace pace = {}) {
  AlertRule made;
  made.name = std::move(name);
  made.condition = condition;
  made.severity = severity;
  made.hold_seconds = pace.hold_seconds;
  made.clear_seconds = pace.clear_seconds;
  made.needed = pace.needed;
  made.of = pace.of;
  return made;
}

AlertRule off(AlertRule made) {
  made.enabled = false;
  return made;
}

}  // namespace

std::vector<AlertRule> default_alert_rules() {
  using enum ConditionKind;
  auto absent = off(rule(user_absent, "A user did not come by 09:00", Severity::warning));
  absent.by_clock = "09:00";
  absent.zone = "UTC";
  return {
      rule(agent_bypass, "Traffic bypasses a tunnel", Severity::critical, {.clear_seconds = 30}),
      rule(agent_dns_leak, "A tunnel leaks DNS", Severity::critical, {.clear_seconds = 30}),
      rule(agent_ipv6_leak, "A tunnel leaks IPv6", Severity::critical, {.clear_seconds = 30}),
      rule(agent_unexpected_exit, "A tunnel leaves at an unexpected exit", Severity::warning, {.clear_seconds = 30}),
      rule(agent_tunnel_down, "A tunnel is down", Severity::warning),
      rule(agent_down, "An agent is silent", Severity::warning),
      rule(site_down, "Many agents are silent at once", Severity::critical),
      rule(agent_failed, "An agent reports a failure", Severity::warning),
      rule(agent_exit_changed, "A tunnel has another exit", Severity::notice),
      rule(agent_degraded, "A tunnel is worse than usual", Severity::notice,
           {.clear_seconds = 120, .needed = 3, .of = 5}),
      rule(server_down, "A server is down", Severity::critical, {.hold_seconds = 15, .clear_seconds = 15}),
      rule(server_degraded, "A server is not well", Severity::warning, {.hold_seconds = 60, .clear_seconds = 60}),
      rule(certificate_expires, "A certificate ends soon", Severity::warning),
      rule(quota_near, "A limit is nearly used", Severity::notice),
      rule(quota_reached, "A limit is reached", Severity::warning),
      rule(user_returns, "A refused user keeps coming back", Severity::notice),
      rule(job_failed, "A house job failed", Severity::warning),
      rule(warning, "Early warning", Severity::notice, {.clear_seconds = 300}),
      off(rule(user_connected, "A user connected", Severity::notice)),
      off(rule(user_disconnected, "A user disconnected", Severity::notice)),
      off(rule(user_new_country, "A user is in a new country", Severity::warning)),
      std::move(absent),
  };
}

}  // namespace davylamp::core
