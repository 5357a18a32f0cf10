#include "core/alerts/folding.hpp"

#include <string_view>

namespace davylamp::core {
namespace {

using model::ConditionKind;

std::vector<Topic> of_server(const std::optional<std::string>& parent) {
  constexpr std::string_view prefix = "server ";
  if (!parent || !parent->starts_with(prefix)) return {};
  return {{ConditionKind::server_down, parent->substr(prefix.size()), {}}};
}

// A site that is named as a server stands and falls with it.
std::vector<Topic> of_silence(const Topic& topic, const std::optional<std::string>& parent, const SiteWatch& sites) {
  auto found = sites.explain(topic.subject);
  constexpr std::string_view prefix = "site ";
  if (parent && parent->starts_with(prefix)) {
    found.push_back({ConditionKind::server_down, parent->substr(prefix.size()), {}});
  }
  return found;
}

}  // namespace

std::vector<Topic> explanations(const Topic& topic, const std::optional<std::string>& parent, const SiteWatch& sites) {
  const Topic bypass{ConditionKind::agent_bypass, topic.subject, {}};
  const Topic tunnel{ConditionKind::agent_tunnel_down, topic.subject, {}};
  switch (topic.condition) {
    case ConditionKind::agent_down:
      return of_silence(topic, parent, sites);
    case ConditionKind::site_down:
      if (topic == SiteWatch::hub_topic()) return {};
      return {SiteWatch::hub_topic()};
    case ConditionKind::agent_tunnel_down:
      return {bypass};
    case ConditionKind::agent_dns_leak:
    case ConditionKind::agent_ipv6_leak:
    case ConditionKind::agent_unexpected_exit:
    case ConditionKind::agent_degraded:
      return {bypass, tunnel};
    case ConditionKind::agent_exit_changed:
      return {bypass, tunnel, {ConditionKind::agent_unexpected_exit, topic.subject, {}}};
    case ConditionKind::server_degraded:
    case ConditionKind::user_absent:
    case ConditionKind::user_disconnected:
      return of_server(parent);
    case ConditionKind::quota_near:
      return {{ConditionKind::quota_reached, topic.subject, topic.aspect}};
    default:
      return {};
  }
}

bool explains(ConditionKind condition) {
  return condition == ConditionKind::site_down || condition == ConditionKind::server_down ||
         condition == ConditionKind::agent_bypass || condition == ConditionKind::agent_tunnel_down ||
         condition == ConditionKind::agent_unexpected_exit || condition == ConditionKind::quota_reached;
}

}  // namespace davylamp::core
