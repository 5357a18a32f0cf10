#include "core/agents/expectations.hpp"

#include <algorithm>

namespace davylamp::core {
namespace {

std::vector<model::Network> parsed(const std::vector<std::string>& texts) {
  std::vector<model::Network> networks;
  for (const auto& text : texts) {
    if (const auto network = model::Network::parse(text)) networks.push_back(*network);
  }
  return networks;
}

}  // namespace

Expectations::Expectations(const model::AgentSettings& settings)
    : exit_networks(parsed(settings.exit.networks)),
      resolver_networks(parsed(settings.resolver.networks)),
      real_networks(parsed(settings.real_networks)) {}

bool in_any(const std::vector<model::Network>& networks, const model::Address& address) {
  return std::ranges::any_of(networks, [&](const auto& network) { return network.contains(address); });
}

model::Place place_of(const model::ExitReport& exit) {
  model::Place place = exit.place.value_or(model::Place{});
  for (const auto& answer : exit.answers) {
    if (answer.address != exit.address) continue;
    if (!place.country_code) place.country_code = answer.country_code;
    if (!place.city) place.city = answer.city;
    if (!place.asn) {
      place.asn = answer.asn;
      if (!place.network) place.network = answer.network;
    }
  }
  return place;
}

std::string country_text(const model::Place& place) {
  if (place.country) return *place.country;
  return place.country_code.value_or("an unknown country");
}

std::string address_text(const model::Address& address, const model::Place& place) {
  std::string text = address.to_string();
  std::string known = place.network.value_or("");
  if (place.country || place.country_code) known += (known.empty() ? "" : ", ") + country_text(place);
  return known.empty() ? text : text + " (" + known + ")";
}

void Site::add(const Expectations& expected) {
  for (const auto& network : expected.real_networks) {
    const bool known = std::ranges::find(configured, network) != configured.end();
    if (!known && configured.size() < most_configured) configured.push_back(network);
  }
}

bool Site::add(const model::RealAddress& real) {
  if (seen.size() >= most_seen || std::ranges::find(seen, real.address, &model::RealAddress::address) != seen.end())
    return false;
  seen.push_back(real);
  return true;
}

bool Site::contains(const model::Address& address) const {
  if (in_any(configured, address)) return true;
  return std::ranges::any_of(seen, [&](const auto& real) {
    // Hosts of one site share an IPv6 prefix, not an address.
    return model::Network::of(real.address, real.address.is_v4() ? 32 : 64).contains(address);
  });
}

bool Site::has_asn(std::uint32_t asn) const {
  return std::ranges::any_of(seen, [&](const auto& real) { return real.place && real.place->asn == asn; });
}

}  // namespace davylamp::core
