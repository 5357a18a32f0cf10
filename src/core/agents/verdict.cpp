#include "core/agents/verdict.hpp"

#include <algorithm>
#include <optional>

#include "core/agents/expectations.hpp"
#include "core/agents/findings.hpp"
#include "core/wording.hpp"

namespace davylamp::core {
namespace {

using model::FindingKind;
using model::Presence;
using model::Verdict;

std::string every_text(const model::Agent& agent) {
  return "it reports every " + span_text(base::Seconds{agent.interval_seconds});
}

std::string other_leaks(const model::Agent& agent, FindingKind first) {
  std::string text;
  for (const auto& finding : agent.findings) {
    if (finding.kind == first || !is_leak(finding.kind)) continue;
    if (finding.kind == FindingKind::dns_leak) text += "; DNS leaks too";
    if (finding.kind == FindingKind::ipv6_leak) text += "; IPv6 leaks too";
    if (finding.kind == FindingKind::unexpected_exit) text += "; its exit is not the expected one";
  }
  return text;
}

std::optional<std::string> leak_sentence(const model::Agent& agent, const VerdictFacts& facts) {
  const auto worst = std::ranges::find_if(agent.findings, is_leak, &model::Finding::kind);
  std::string text;
  if (worst != agent.findings.end()) {
    text = worst->text + other_leaks(agent, worst->kind);
  } else if (const auto* down = find_finding(agent.findings, FindingKind::tunnel_down); down && facts.exposed) {
    text = "Leaking: " + down->text;
  } else {
    return std::nullopt;
  }
  if (agent.presence == Presence::down) text += " (that was its last report)";
  return text;
}

std::optional<std::string> degraded_sentence(const model::Agent& agent, const VerdictFacts& facts) {
  for (const auto kind :
       {FindingKind::tunnel_down, FindingKind::failed, FindingKind::degraded, FindingKind::disagreement}) {
    if (const auto* finding = find_finding(agent.findings, kind)) return finding->text;
  }
  if (facts.knows_exit && facts.blind_reports >= most_blind_reports)
    return "Not known where it leaves: no look-up answered in its last reports";
  return std::nullopt;
}

std::string learning_sentence(const model::Agent& agent) {
  return "Learning: " + std::to_string(agent.learned.heartbeats) + " of " +
         std::to_string(std::max(agent.settings.learning_heartbeats, 1U)) + " reports agree";
}

std::string sealed_sentence(const model::Agent& agent) {
  const auto& exit = agent.exit_v4 ? agent.exit_v4 : agent.exit_v6;
  return "Sealed: traffic leaves from " + address_text(*exit->address, exit->place.value_or(model::Place{}));
}

}  // namespace

bool is_leak(FindingKind kind) {
  return kind == FindingKind::bypass || kind == FindingKind::dns_leak || kind == FindingKind::ipv6_leak ||
         kind == FindingKind::unexpected_exit;
}

Judged judge(const model::Agent& agent, const VerdictFacts& facts) {
  if (agent.presence == Presence::paused)
    return {Verdict::paused, facts.maintenance ? "Under maintenance" : "Paused: nobody waits for its reports"};
  if (agent.presence == Presence::waiting) return {Verdict::waiting, "Waiting for its first report"};
  if (auto leak = leak_sentence(agent, facts)) return {Verdict::leaking, std::move(*leak)};
  if (agent.presence == Presence::down)
    return {Verdict::silent, "Silent: its deadline and its grace are over; " + every_text(agent)};
  if (agent.presence == Presence::late) return {Verdict::late, "Late: its report is overdue; " + every_text(agent)};
  if (auto degraded = degraded_sentence(agent, facts)) return {Verdict::degraded, std::move(*degraded)};
  if (!facts.knows_exit) return {Verdict::alive, "Alive: it reports, and says nothing of its exit"};
  if (facts.learning) return {Verdict::learning, learning_sentence(agent)};
  return {Verdict::sealed, sealed_sentence(agent)};
}

}  // namespace davylamp::core
