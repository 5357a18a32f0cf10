// What one current heartbeat shows becomes findings: one cause, one name.
#include <algorithm>
#include <utility>

#include "core/agents/learning.hpp"
#include "core/agents/tracked_agent.hpp"
#include "core/agents/verdict.hpp"

namespace davylamp::core {
namespace {

using model::FindingKind;

constexpr base::Seconds occasion_stands{600};
constexpr base::Seconds most_clock_offset{60};
constexpr std::size_t most_real_addresses = 8;

// IPv6 hosts change their addresses within their prefix.
bool same_exit(const model::Address& one, const model::Address& other) {
  return model::Network::of(one, one.is_v4() ? 32 : 64).contains(other);
}

std::uint32_t clean_weight(const std::optional<ExitSeen>& exit) {
  return exit && exit->credible ? 2 : 1;
}

std::optional<Shown> wrong_clock(const model::Heartbeat& heartbeat) {
  const auto offset = heartbeat.measured_at - heartbeat.received_at;
  if (heartbeat.late || heartbeat.measured_at == base::Time{} || std::chrono::abs(offset) <= most_clock_offset)
    return std::nullopt;
  const auto seconds = std::to_string(std::chrono::duration_cast<base::Seconds>(std::chrono::abs(offset)).count());
  return Shown{FindingKind::clock,
               1,
               "Its clock is " + seconds + " s " + (offset.count() > 0 ? "ahead of" : "behind") + " the hub's",
               {}};
}

std::optional<Shown> failed(const model::Heartbeat& heartbeat) {
  if (heartbeat.signal != model::HeartbeatSignal::failed) return std::nullopt;
  return Shown{FindingKind::failed, 2, "It reports a failure" + (heartbeat.note ? ": " + *heartbeat.note : ""), {}};
}

}  // namespace

void TrackedAgent::show_or_clear(std::optional<Shown> shown, FindingKind kind, std::uint32_t weight, base::Time at) {
  const bool moved =
      shown ? book_.show(agent_.findings, std::move(*shown), at) : book_.clear(agent_.findings, kind, weight);
  if (moved) urgent_ = true;
}

void TrackedAgent::judge_heartbeat(const model::Heartbeat& heartbeat, base::Time at) {
  const auto look = look_at(heartbeat);
  std::erase_if(agent_.findings, [&](const model::Finding& finding) {
    return finding.kind == FindingKind::exit_changed && at - finding.last_at >= occasion_stands;
  });
  judge_tunnel(look, at);
  judge_exit(look, at);
  judge_ipv6(look, at);
  if (heartbeat.resolver) {
    const CanaryProof nothing;
    const auto& asked = heartbeat.resolver->canary;
    judge_resolver(look, asked ? canaries_.claim(*asked, agent_.settings.name, at) : nothing, at, true);
  }
  judge_rest(look, at);
  learn_from(look, at);
  move_exits(look, at);
  agent_.evidence = exit_evidence(look);
}

void TrackedAgent::judge_tunnel(const ExitLook& look, base::Time at) {
  const auto& link = look.heartbeat.link;
  if (!link) return;
  if (link->tunnel && link->tunnel_up) agent_.memory.tunnel_seen = true;
  auto shown = tunnel_down(look, agent_.memory.tunnel_seen);
  if (!shown) {
    show_or_clear(std::nullopt, FindingKind::tunnel_down, 2, at);
    return;
  }
  learn_real_address(look, at);
  // What was a bypass before stays one.
  if (find_finding(agent_.findings, FindingKind::bypass) != nullptr && bypass(look)) return;
  show_or_clear(tunnel_down(look, agent_.memory.tunnel_seen), FindingKind::tunnel_down, 2, at);
}

// Never from a tunnel that is up: only the address that the connection itself came from, outside the tunnel.
void TrackedAgent::learn_real_address(const ExitLook& look, base::Time at) {
  const auto& from = look.heartbeat.connected_from;
  if (!from || look.heartbeat.late) return;
  const auto exit = from->is_v4() ? exit_v4(look.heartbeat) : exit_v6(look.heartbeat);
  if (!exit || exit->address != *from) return;
  const auto& memory = agent_.memory;
  for (const auto* good : {&memory.good_v4, &memory.good_v6}) {
    if (*good && same_exit(*(*good)->address, *from)) return;
  }
  const model::RealAddress real{*from, exit->place, at};
  if (!site_->add(real)) return;
  auto& own = agent_.memory.real_addresses;
  own.push_back(real);
  if (own.size() > most_real_addresses) own.erase(own.begin());
}

// The tunnel is down or passed by: what else is seen follows from that.
bool TrackedAgent::is_masked() const {
  return find_finding(agent_.findings, FindingKind::tunnel_down) != nullptr ||
         find_finding(agent_.findings, FindingKind::bypass) != nullptr;
}

void TrackedAgent::judge_exit(const ExitLook& look, base::Time at) {
  const auto v4 = exit_v4(look.heartbeat);
  const auto exit = v4 ? v4 : exit_v6(look.heartbeat);
  const bool known = exit.has_value();
  auto passed_by = bypass(look);
  const bool down = find_finding(agent_.findings, FindingKind::tunnel_down) != nullptr;
  const bool unsure = passed_by.has_value();
  if (known && (!down || !passed_by)) show_or_clear(std::move(passed_by), FindingKind::bypass, clean_weight(exit), at);
  if (!known || is_masked() || unsure) return;
  show_or_clear(unexpected_exit(look), FindingKind::unexpected_exit, clean_weight(exit), at);
}

void TrackedAgent::judge_ipv6(const ExitLook& look, base::Time at) {
  if (!look.heartbeat.exit_v6 || is_masked()) return;
  const bool unrouted = !look.heartbeat.exit_v6->routed;
  const auto weight = unrouted ? 2 : clean_weight(exit_v6(look.heartbeat));
  show_or_clear(ipv6_leak(look), FindingKind::ipv6_leak, weight, at);
}

void TrackedAgent::judge_resolver(const ExitLook& look, const CanaryProof& canary, base::Time at, bool whole) {
  std::vector<model::Place> exits;
  if (agent_.exit_v4) exits.push_back(agent_.exit_v4->place.value_or(model::Place{}));
  if (agent_.exit_v6) exits.push_back(agent_.exit_v6->place.value_or(model::Place{}));
  auto outcome = judge_resolvers(look, canary, exits);
  const bool elsewhere = find_finding(agent_.findings, FindingKind::unexpected_exit) != nullptr;
  if (!outcome.lines.empty()) agent_.resolvers = outcome.lines;
  if (outcome.outside > 0) {
    // An exit that is elsewhere has its own name, and a resolver that stayed where it was is none of it.
    if (is_masked() || (elsewhere && !outcome.real)) return;
    const std::uint32_t weight = outcome.real ? FindingBook::enough : outcome.outside;
    // The same report looked at again is no second one.
    if (!whole && weight < FindingBook::enough) return;
    show_or_clear(Shown{FindingKind::dns_leak, weight, outcome.text, outcome.lines}, FindingKind::dns_leak, 0, at);
  } else if (whole && outcome.judged > 0) {
    show_or_clear(std::nullopt, FindingKind::dns_leak, 1, at);
    const bool learning = is_learning(agent_.settings, agent_.learned);
    if (learning && !is_masked())
      for (const auto& resolver : outcome.expected) learn_resolver(agent_.learned, resolver);
  } else if (agent_.settings.resolver.tolerance == model::DnsTolerance::off) {
    show_or_clear(std::nullopt, FindingKind::dns_leak, FindingBook::enough, at);
  }
}

void TrackedAgent::hear_canary(base::Time now) {
  if (!agent_.last || !agent_.last->resolver || !agent_.last->resolver->canary) return;
  const auto* proof = canaries_.find(*agent_.last->resolver->canary);
  if (proof == nullptr) return;
  judge_resolver(look_at(*agent_.last), *proof, now, false);
  changed_ = true;
  settle(now);
}

void TrackedAgent::judge_rest(const ExitLook& look, base::Time at) {
  const auto& heartbeat = look.heartbeat;
  // Most reports look nothing up.
  if (heartbeat.exit_v4 || heartbeat.exit_v6) {
    const bool answered = exit_v4(heartbeat) || exit_v6(heartbeat);
    blind_ = answered ? 0 : blind_ + 1;
    show_or_clear(disagreement(heartbeat), FindingKind::disagreement, 1, at);
  }
  // That a job began says nothing of the one before.
  if (heartbeat.signal != model::HeartbeatSignal::started) show_or_clear(failed(heartbeat), FindingKind::failed, 2, at);
  show_or_clear(wrong_clock(heartbeat), FindingKind::clock, 1, at);
  judge_path(heartbeat, at);
}

void TrackedAgent::judge_path(const model::Heartbeat& heartbeat, base::Time at) {
  if (heartbeat.paths.empty() || is_masked()) return;
  const auto* standing = find_finding(agent_.findings, FindingKind::degraded);
  const bool forgotten = standing != nullptr && !path_.is_worse();
  const auto until = forgotten ? base::floor_to(standing->since_at, base::Seconds{3600}) : at;
  const auto point = path_point(heartbeat, at);
  PathWatch::Look look{at, 0, 0, point.latency_milliseconds};
  for (const auto& path : heartbeat.paths) {
    look.sent += path.sent;
    look.lost += path.sent - std::min(path.received, path.sent);
  }
  auto shown = path_.look(look, usual_path(hours_, until));
  if (!shown && !path_.is_calm()) return;
  show_or_clear(std::move(shown), FindingKind::degraded, 2, at);
}

void TrackedAgent::learn_from(const ExitLook& look, base::Time) {
  if (look.heartbeat.late || !is_learning(agent_.settings, agent_.learned)) return;
  const bool disturbed = is_masked() || std::ranges::any_of(agent_.findings, is_leak, &model::Finding::kind) ||
                         find_finding(agent_.findings, FindingKind::disagreement) != nullptr || bypass(look);
  if (!disturbed) learn(agent_.learned, look);
}

void TrackedAgent::move_exits(const ExitLook& look, base::Time at) {
  const auto& heartbeat = look.heartbeat;
  if (heartbeat.exit_v4)
    move_exit(exit_v4(heartbeat), *heartbeat.exit_v4, {agent_.exit_v4, agent_.memory.good_v4, pending_v4_}, at);
  if (heartbeat.exit_v6)
    move_exit(exit_v6(heartbeat), *heartbeat.exit_v6, {agent_.exit_v6, agent_.memory.good_v6, pending_v6_}, at);
}

void TrackedAgent::move_exit(const std::optional<ExitSeen>& seen, const model::ExitReport& report, ExitPlaces places,
                             base::Time at) {
  if (!seen) {
    if (!report.routed) places.standing.reset();
    return;
  }
  auto& standing = places.standing;
  const bool same = standing && standing->address == seen->address;
  if (standing && !same && !seen->credible && places.pending != seen->address) {
    places.pending = seen->address;
    return;
  }
  places.pending.reset();
  if (!same) standing = model::AgentExit{seen->address, seen->place, 0, 0, at};
  standing->place = seen->place;
  standing->agreeing = report.agreeing;
  standing->answered = report.answered;
  note_good(*seen, places, at);
}

// An exit with which something is wrong has its own finding, and the way back from it is no change.
void TrackedAgent::note_good(const ExitSeen& seen, ExitPlaces places, base::Time at) {
  if (is_masked() || find_finding(agent_.findings, FindingKind::unexpected_exit) != nullptr) return;
  if (site_->contains(seen.address)) return;
  const bool leaks = !seen.address.is_v4() && find_finding(agent_.findings, FindingKind::ipv6_leak) != nullptr;
  if (leaks) return;
  auto& good = places.good;
  if (good && !same_exit(*good->address, seen.address)) {
    std::erase_if(agent_.findings, [](const auto& finding) { return finding.kind == FindingKind::exit_changed; });
    book_.forget(FindingKind::exit_changed);
    show_or_clear(exit_changed(*good, seen), FindingKind::exit_changed, 0, at);
  }
  good = places.standing;
}

}  // namespace davylamp::core
