#include "core/agents/exit_rules.hpp"

#include <algorithm>
#include <utility>

namespace davylamp::core {
namespace {

using model::FindingKind;
using model::LinkReport;

bool beside_tunnel(const std::optional<LinkReport>& link, bool v4) {
  if (!link || !link->tunnel) return false;
  const auto& interface = v4 ? link->default_v4 : link->default_v6;
  return interface && *interface != *link->tunnel;
}

std::optional<ExitSeen> seen_in(const model::Heartbeat& heartbeat, const std::optional<model::ExitReport>& report) {
  if (!report || !report->address) return std::nullopt;
  ExitSeen seen{*report->address, place_of(*report), report->agreeing >= 2};
  if (heartbeat.connected_from == report->address) seen.credible = true;
  if (beside_tunnel(heartbeat.link, report->address->is_v4())) seen.credible = true;
  return seen;
}

std::uint32_t weight_of(const ExitSeen& exit) {
  return exit.credible ? 2 : 1;
}

template <class T>
bool lists(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string joined_asns(const std::vector<std::uint32_t>& asns) {
  std::string text;
  for (const auto asn : asns) text += (text.empty() ? "AS" : ", AS") + std::to_string(asn);
  return text;
}

// Each list that is not empty must hold it; what is not known of it cannot contradict.
std::string outside(const std::vector<std::string>& countries, const std::vector<std::uint32_t>& asns,
                    const model::Place& place) {
  if (!countries.empty() && place.country_code && !lists(countries, *place.country_code))
    return "in " + country_text(place) + ", where " + joined(countries) + " is expected";
  if (!asns.empty() && place.asn && !lists(asns, *place.asn)) {
    return "in " + place.network.value_or("AS" + std::to_string(*place.asn)) + ", where " + joined_asns(asns) +
           " is expected";
  }
  return {};
}

bool same_place(const model::Place& one, const model::Place& other) {
  if (one.asn && other.asn && *one.asn == *other.asn) return true;
  return one.country_code && one.country_code == other.country_code;
}

// Why IPv6 is not within the tunnel; empty when it is, or when nobody can tell.
std::string why_beside(const ExitLook& look, const ExitSeen& v6) {
  if (look.settings.ipv6 == model::Ipv6Policy::none) return "no IPv6 is to leave this host";
  if (look.real.contains(v6.address)) return "an address of the site itself";
  if (beside_tunnel(look.heartbeat.link, false))
    return "the default IPv6 route goes over " + *look.heartbeat.link->default_v6 + ", not over the tunnel";
  const auto why = why_unexpected(look, v6);
  if (why.empty()) return {};
  // Where IPv4 leaves too, the exit as a whole is elsewhere: another finding.
  const auto v4 = exit_v4(look.heartbeat);
  return v4 && same_place(v4->place, v6.place) ? std::string{} : why;
}

}  // namespace

std::optional<ExitSeen> exit_v4(const model::Heartbeat& heartbeat) {
  return seen_in(heartbeat, heartbeat.exit_v4);
}
std::optional<ExitSeen> exit_v6(const model::Heartbeat& heartbeat) {
  return seen_in(heartbeat, heartbeat.exit_v6);
}

bool exit_is_written(const model::ExitExpectation& expectation) {
  return !expectation.countries.empty() || !expectation.asns.empty() || !expectation.networks.empty();
}

std::string why_unexpected(const ExitLook& look, const ExitSeen& exit) {
  const auto& written = look.settings.exit;
  if (exit_is_written(written)) {
    const auto family = [&](const model::Network& network) { return network.family_of(exit.address); };
    const bool bound = std::ranges::any_of(look.expected.exit_networks, family);
    if (bound && !in_any(look.expected.exit_networks, exit.address))
      return "outside the networks that are expected (" + joined(written.networks) + ")";
    return outside(written.countries, written.asns, exit.place);
  }
  if (!written.learned || !look.learned.done) return {};
  return outside(look.learned.countries, look.learned.asns, exit.place);
}

std::optional<Shown> bypass(const ExitLook& look) {
  const auto v4 = exit_v4(look.heartbeat);
  const auto v6 = exit_v6(look.heartbeat);
  // IPv6 alone is a leak of its own.
  const auto& exit = v4 ? v4 : v6;
  if (!exit || !look.real.contains(exit->address)) return std::nullopt;
  if (!v4 && look.settings.ipv6 == model::Ipv6Policy::ignored) return std::nullopt;
  return Shown{FindingKind::bypass, weight_of(*exit),
               "Bypassed: traffic leaves from " + address_text(exit->address, exit->place) +
                   ", an address of its own site, not from its tunnel",
               exit_evidence(look)};
}

std::optional<Shown> unexpected_exit(const ExitLook& look) {
  const auto v4 = exit_v4(look.heartbeat);
  const auto v6 = exit_v6(look.heartbeat);
  const auto& exit = v4 ? v4 : v6;
  if (!exit) return std::nullopt;
  const auto why = why_unexpected(look, *exit);
  if (why.empty()) return std::nullopt;
  return Shown{FindingKind::unexpected_exit, weight_of(*exit),
               "Unexpected exit: traffic leaves from " + address_text(exit->address, exit->place) + ", " + why,
               exit_evidence(look)};
}

std::optional<Shown> ipv6_leak(const ExitLook& look) {
  const auto v6 = exit_v6(look.heartbeat);
  if (!v6 || look.settings.ipv6 == model::Ipv6Policy::ignored) return std::nullopt;
  // Without IPv4 there is one exit, and it is judged as that.
  if (!exit_v4(look.heartbeat) && look.settings.ipv6 != model::Ipv6Policy::none) return std::nullopt;
  auto why = why_beside(look, *v6);
  if (why.empty() && look.settings.ipv6 == model::Ipv6Policy::sealed && look.settings.exit.countries.empty() &&
      look.settings.exit.asns.empty()) {
    const auto v4 = exit_v4(look.heartbeat);
    const bool known = v4->place.country_code && v6->place.country_code;
    if (known && !same_place(v4->place, v6->place)) why = "IPv4 leaves in " + country_text(v4->place);
  }
  if (why.empty()) return std::nullopt;
  return Shown{FindingKind::ipv6_leak, weight_of(*v6),
               "Leaking IPv6: it leaves from " + address_text(v6->address, v6->place) + " beside its tunnel; " + why,
               exit_evidence(look)};
}

std::optional<Shown> tunnel_down(const ExitLook& look, bool tunnel_seen) {
  const auto& link = look.heartbeat.link;
  if (!link || link->tunnel_up || (!link->tunnel && !tunnel_seen)) return std::nullopt;
  std::string text = link->tunnel ? "Its tunnel " + *link->tunnel + " is down" : "Its tunnel interface is gone";
  if (const auto v4 = exit_v4(look.heartbeat)) {
    text += ": traffic leaves from " + address_text(v4->address, v4->place);
    if (look.real.contains(v4->address)) text += ", an address of its own site";
  }
  return Shown{FindingKind::tunnel_down, 2, std::move(text), exit_evidence(look)};
}

std::optional<Shown> disagreement(const model::Heartbeat& heartbeat) {
  for (const auto* report : {&heartbeat.exit_v4, &heartbeat.exit_v6}) {
    if (!*report || (*report)->answered < 2 || (*report)->agreeing * 2 > (*report)->answered) continue;
    Shown shown{FindingKind::disagreement, 1, "The look-ups of its exit contradict each other", {}};
    for (const auto& answer : (*report)->answers) {
      if (!answer.address) continue;
      shown.evidence.push_back({"look-up", answer.address->to_string(), std::nullopt, false,
                                answer.provider + " says " + answer.address->to_string()});
    }
    return shown;
  }
  return std::nullopt;
}

Shown exit_changed(const model::AgentExit& before, const ExitSeen& after) {
  const auto old_place = before.place.value_or(model::Place{});
  Shown shown{FindingKind::exit_changed,
              2,
              "Exit changed from " + address_text(*before.address, old_place) + " to " +
                  address_text(after.address, after.place),
              {}};
  shown.evidence.push_back({"before", before.address->to_string(), before.place, true,
                            "Before: " + address_text(*before.address, old_place)});
  shown.evidence.push_back(
      {"after", after.address.to_string(), after.place, true, "Now: " + address_text(after.address, after.place)});
  return shown;
}

}  // namespace davylamp::core
