#include "app/hub_places.hpp"

namespace davylamp::app {
namespace {

void place(const contract::Enricher& enricher, const std::optional<model::Address>& address,
           std::optional<model::Place>& found) {
  found.reset();
  if (address) found = enricher.place(*address);
}

// Without databases of its own the hub takes what the providers that agree say, as far as they say it.
void take_word(const model::ExitReport& exit, model::Place& place) {
  for (const auto& answer : exit.answers) {
    if (answer.address != exit.address) continue;
    if (!place.country_code) place.country_code = answer.country_code;
    if (!place.city) place.city = answer.city;
    if (!place.asn) place.asn = answer.asn;
    if (!place.network) place.network = answer.network;
  }
}

void add_places(model::Heartbeat& heartbeat, const contract::Enricher& enricher) {
  place(enricher, heartbeat.connected_from, heartbeat.connected_place);
  for (auto* exit : {&heartbeat.exit_v4, &heartbeat.exit_v6}) {
    if (!*exit) continue;
    place(enricher, (*exit)->address, (*exit)->place);
    if ((*exit)->place) take_word(**exit, *(*exit)->place);
  }
  if (!heartbeat.resolver) return;
  for (auto& sighting : heartbeat.resolver->seen) {
    place(enricher, sighting.address, sighting.place);
    if (!sighting.address && sighting.country_code) {
      sighting.place.emplace();
      sighting.place->country_code = sighting.country_code;
    }
  }
}

}  // namespace

void add_places(model::Observation& observation, const contract::Enricher& enricher) {
  if (auto* seen = std::get_if<model::HeartbeatSeen>(&observation.fact)) add_places(seen->heartbeat, enricher);
  if (auto* asked = std::get_if<model::CanaryAsked>(&observation.fact))
    place(enricher, asked->sighting.resolver, asked->sighting.place);
}

}  // namespace davylamp::app
