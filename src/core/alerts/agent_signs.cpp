#include "core/alerts/agent_signs.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/alerts/wording.hpp"

namespace davylamp::core {
namespace {

using model::ConditionKind;
using model::FindingKind;

constexpr std::array<std::pair<FindingKind, ConditionKind>, 8> conditions{
    {{FindingKind::bypass, ConditionKind::agent_bypass},
     {FindingKind::dns_leak, ConditionKind::agent_dns_leak},
     {FindingKind::ipv6_leak, ConditionKind::agent_ipv6_leak},
     {FindingKind::unexpected_exit, ConditionKind::agent_unexpected_exit},
     {FindingKind::exit_changed, ConditionKind::agent_exit_changed},
     {FindingKind::tunnel_down, ConditionKind::agent_tunnel_down},
     {FindingKind::failed, ConditionKind::agent_failed},
     {FindingKind::degraded, ConditionKind::agent_degraded}}};

using Values = std::map<std::string, std::string>;

void put(Values& values, const char* key, const std::optional<std::string>& value) {
  if (value && !value->empty()) values[key] = *value;
}

std::optional<std::string> country_of(const std::optional<model::Place>& place) {
  if (!place) return {};
  return place->country ? place->country : place->country_code;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string expected_exit(const model::Agent& agent) {
  const auto& exit = agent.settings.exit;
  const bool written = !exit.countries.empty() || !exit.asns.empty() || !exit.networks.empty();
  auto words = written ? exit.countries : agent.learned.countries;
  for (const auto asn : written ? exit.asns : agent.learned.asns) words.push_back("AS" + std::to_string(asn));
  if (written) words.insert(words.end(), exit.networks.begin(), exit.networks.end());
  return joined(words);
}

Values values_of(const model::Agent& agent) {
  Values values{{"subject", agent.settings.name}};
  put(values, "site", agent.settings.site);
  put(values, "version", agent.version);
  const auto& exit = agent.exit_v4 && agent.exit_v4->address ? agent.exit_v4 : agent.exit_v6;
  if (exit && exit->address) {
    values["exit"] = exit->address->to_string();
    put(values, "country", country_of(exit->place));
    if (exit->place) put(values, "city", exit->place->city);
    if (exit->place) put(values, "network", exit->place->network);
  }
  put(values, "expected", expected_exit(agent));
  return values;
}

void name_resolver(Values& values, const model::Finding& finding) {
  const auto bad = std::ranges::find_if(finding.evidence, [](const auto& line) {
    return !line.as_expected && (line.what.starts_with("resolver") || line.what.starts_with("canary"));
  });
  if (bad == finding.evidence.end()) return;
  values["resolver"] = bad->value;
  put(values, "resolver_country", country_of(bad->place));
}

Sign about(const model::Agent& agent, ConditionKind condition) {
  Sign sign;
  sign.topic = {condition, agent.settings.name, {}};
  if (!agent.settings.site.empty()) sign.parent = "site " + agent.settings.site;
  return sign;
}

Sign silence_sign(const model::Agent& agent) {
  auto sign = about(agent, ConditionKind::agent_down);
  sign.holds = agent.presence == model::Presence::down;
  if (!sign.holds) return sign;
  sign.since = agent.due_at ? agent.due_at : agent.last_heard_at;
  sign.values = values_of(agent);
  const auto interval = std::to_string(agent.interval_seconds) + " s";
  sign.values["expected"] = interval;
  if (agent.last_heard_at) {
    sign.values["since"] = std::to_string(base::to_unix_seconds(*agent.last_heard_at));
    const auto at = utc_text(*agent.last_heard_at);
    sign.evidence.push_back({"last heartbeat", at, {}, false, "It is expected every " + interval + "."});
  }
  if (agent.due_at) {
    sign.evidence.push_back({"deadline", utc_text(*agent.due_at), {}, false, "The deadline and its grace are over."});
  }
  return sign;
}

}  // namespace

std::vector<Sign> signs_of(const model::Agent& agent) {
  using model::Presence;
  std::vector<Sign> signs;
  if (agent.presence != Presence::waiting) signs.push_back(silence_sign(agent));
  const bool heard = agent.presence == Presence::alive || agent.presence == Presence::late;
  for (const auto& [kind, condition] : conditions) {
    const auto finding = std::ranges::find(agent.findings, kind, &model::Finding::kind);
    const bool found = finding != agent.findings.end() && agent.presence != Presence::paused;
    if (!found && (is_occasion(condition) || (!heard && agent.presence != Presence::paused))) continue;
    auto sign = about(agent, condition);
    sign.holds = found;
    sign.look = agent.heartbeats;
    if (found) {
      if (is_occasion(condition)) sign.look = static_cast<std::uint64_t>(finding->since_at.time_since_epoch().count());
      sign.since = finding->since_at;
      sign.values = values_of(agent);
      sign.values["detail"] = finding->text;
      if (kind == FindingKind::dns_leak) name_resolver(sign.values, *finding);
      sign.evidence = finding->evidence;
    }
    signs.push_back(std::move(sign));
  }
  return signs;
}

std::vector<Sign> signs_without(const std::string& agent) {
  std::vector<Sign> signs;
  const auto over = [&](ConditionKind condition) {
    Sign sign;
    sign.topic = {condition, agent, {}};
    sign.gone = true;
    signs.push_back(std::move(sign));
  };
  over(ConditionKind::agent_down);
  for (const auto& [kind, condition] : conditions) {
    if (!is_occasion(condition)) over(condition);
  }
  return signs;
}

}  // namespace davylamp::core
