#include "core/agents/resolver_rules.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace davylamp::core {
namespace {

using model::DnsTolerance;
using model::Place;

enum class Judgement { unknown, expected, outside, real };

// One resolver with all that saw it.
struct Seen {
  std::optional<model::Address> address;  // absent: only a country is known
  Place place;
  std::vector<std::string> methods;
  std::set<std::string> canary_names;
  std::set<std::string> transports;  // over which the canary zone was asked
  std::set<std::string> client_subnets;
  std::uint32_t sightings = 0;
  Judgement judgement = Judgement::unknown;
};

template <class T>
bool lists(const std::vector<T>& list, const std::optional<T>& value) {
  return value && std::ranges::find(list, *value) != list.end();
}

Seen& seen_at(std::vector<Seen>& all, const std::optional<model::Address>& address, const Place& place) {
  const auto same = std::ranges::find_if(all, [&](const Seen& seen) {
    return seen.address == address && (address || seen.place.country_code == place.country_code);
  });
  if (same != all.end()) return *same;
  auto& added = all.emplace_back();
  added.address = address;
  added.place = place;
  return added;
}

std::vector<Seen> gather(const model::ResolverReport& report, const CanaryProof& canary) {
  std::vector<Seen> all;
  for (const auto& sighting : report.seen) {
    auto place = sighting.place.value_or(Place{});
    if (!place.country_code) place.country_code = sighting.country_code;
    if (!sighting.address && !place.country_code) continue;
    auto& seen = seen_at(all, sighting.address, place);
    if (std::ranges::find(seen.methods, sighting.method) == seen.methods.end()) seen.methods.push_back(sighting.method);
    ++seen.sightings;
  }
  for (const auto& asked : canary.asked) {
    auto& seen = seen_at(all, asked.sighting.resolver, asked.sighting.place.value_or(Place{}));
    if (seen.canary_names.insert(asked.name).second) ++seen.sightings;
    if (!asked.sighting.transport.empty()) seen.transports.insert(asked.sighting.transport);
    if (asked.sighting.client_subnet) seen.client_subnets.insert(*asked.sighting.client_subnet);
  }
  return all;
}

class Judge {
 public:
  Judge(const ExitLook& look, const std::vector<Place>& exits) : look_(look), exits_(exits) {}

  Judgement operator()(const Seen& seen) const {
    const auto& rule = look_.settings.resolver;
    if (rule.tolerance == DnsTolerance::off) return Judgement::unknown;
    if (is_real(seen)) return Judgement::real;
    if (seen.address && in_any(look_.expected.resolver_networks, *seen.address)) return Judgement::expected;
    if (lists(rule.asns, seen.place.asn) || in_exits_network(seen)) return Judgement::expected;
    if (rule.tolerance == DnsTolerance::strict) return judge_strictly(seen);
    if (rule.tolerance == DnsTolerance::listed && lists(rule.countries, seen.place.country_code))
      return Judgement::expected;
    if (!seen.place.country_code) return Judgement::unknown;
    bool known = rule.tolerance == DnsTolerance::listed && !rule.countries.empty();
    for (const auto& exit : exits_) {
      if (exit.country_code == seen.place.country_code) return Judgement::expected;
      known |= exit.country_code.has_value();
    }
    return known ? Judgement::outside : Judgement::unknown;
  }

 private:
  bool in_exits_network(const Seen& seen) const {
    return seen.place.asn && std::ranges::find(exits_, seen.place.asn, &Place::asn) != exits_.end();
  }
  // A site's own provider that is the exit's provider too says nothing.
  bool is_real(const Seen& seen) const {
    if (seen.address && look_.real.contains(*seen.address)) return true;
    return seen.place.asn && !in_exits_network(seen) && look_.real.has_asn(*seen.place.asn);
  }
  Judgement judge_strictly(const Seen& seen) const {
    if (!seen.address) return Judgement::unknown;
    const auto& rule = look_.settings.resolver;
    if (!rule.networks.empty() || !rule.asns.empty()) return Judgement::outside;
    for (const auto& text : look_.learned.resolver_networks) {
      if (const auto network = model::Network::parse(text); network && network->contains(*seen.address))
        return Judgement::expected;
    }
    const bool known = seen.place.asn && std::ranges::any_of(exits_, [](const Place& exit) { return bool(exit.asn); });
    return known ? Judgement::outside : Judgement::unknown;
  }
  const ExitLook& look_;
  const std::vector<Place>& exits_;
};

std::string who_text(const Seen& seen) {
  return seen.address ? address_text(*seen.address, seen.place) : "a resolver in " + country_text(seen.place);
}

// " over udp for 198.51.100.0/24": the client subnet (ECS) that the resolver passed on.
std::string way_text(const Seen& seen) {
  std::string text;
  for (const auto& transport : seen.transports) text += (text.empty() ? " over " : " and ") + transport;
  std::string subnets;
  for (const auto& subnet : seen.client_subnets) subnets += (subnets.empty() ? " for " : ", ") + subnet;
  return text + subnets;
}

// Names per probe: what the agent asked for in the canary zone.
std::string line_text(const Seen& seen, std::size_t canary_names) {
  std::string text;
  if (!seen.canary_names.empty()) {
    text = "Canary " + std::to_string(seen.canary_names.size()) + " of " + std::to_string(canary_names) +
           " came from " + who_text(seen) + way_text(seen);
  }
  std::string methods;
  for (const auto& method : seen.methods) methods += (methods.empty() ? "" : ", ") + method;
  if (methods.empty()) return text;
  return text.empty() ? methods + " saw " + who_text(seen) : text + "; " + methods + " saw it too";
}

model::EvidenceLine line_of(const Seen& seen, std::size_t canary_names) {
  model::EvidenceLine line;
  line.what = "resolver";
  line.value = seen.address ? seen.address->to_string() : seen.place.country_code.value_or("");
  line.place = seen.place;
  line.as_expected = seen.judgement == Judgement::expected || seen.judgement == Judgement::unknown;
  line.text = line_text(seen, canary_names);
  if (seen.judgement == Judgement::real) line.text += "; this is the site's own network, not the tunnel's";
  return line;
}

std::string leak_text(const Seen& seen) {
  std::string text = "Leaking DNS: names are answered by ";
  text += seen.address ? seen.address->to_string() : "a resolver";
  if (seen.place.country || seen.place.country_code) text += " in " + country_text(seen.place);
  return text + (seen.judgement == Judgement::real ? ", in the site's own network, outside its tunnel"
                                                   : ", outside its tunnel");
}

std::vector<Place> exit_places(const ExitLook& look, const std::vector<Place>& standing) {
  std::vector<Place> places;
  if (const auto v4 = exit_v4(look.heartbeat)) places.push_back(v4->place);
  if (const auto v6 = exit_v6(look.heartbeat)) places.push_back(v6->place);
  return places.empty() ? standing : places;
}

}  // namespace

ResolverOutcome judge_resolvers(const ExitLook& look, const CanaryProof& canary,
                                const std::vector<Place>& standing_exits) {
  ResolverOutcome outcome;
  if (!look.heartbeat.resolver) return outcome;
  const auto exits = exit_places(look, standing_exits);
  const Judge judge(look, exits);
  auto all = gather(*look.heartbeat.resolver, canary);
  for (auto& seen : all) seen.judgement = judge(seen);
  std::ranges::sort(all, [](const Seen& one, const Seen& other) {
    return std::tie(other.judgement, one.address) < std::tie(one.judgement, other.address);
  });
  std::set<std::string> names;
  for (const auto& asked : canary.asked) names.insert(asked.name);
  const auto whole = std::max<std::size_t>(names.size(), canary.asked.empty() ? 0 : canary_names_per_probe);
  for (const auto& seen : all) {
    outcome.lines.push_back(line_of(seen, whole));
    if (seen.judgement != Judgement::unknown) outcome.judged += seen.sightings;
    if (seen.judgement == Judgement::expected && seen.address) outcome.expected.push_back(*seen.address);
    if (seen.judgement < Judgement::outside) continue;
    outcome.outside += seen.sightings;
    outcome.real |= seen.judgement == Judgement::real;
    if (outcome.text.empty()) outcome.text = leak_text(seen);
  }
  return outcome;
}

}  // namespace davylamp::core
