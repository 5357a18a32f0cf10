// Where the addresses are that agents report, looked up by the hub: its own databases win over what providers say.
#pragma once

#include "contract/enricher.hpp"
#include "model/observation.hpp"

namespace davylamp::app {

// Fills in the places of a heartbeat or of a canary's sighting; leaves every other fact alone.
void add_places(model::Observation& observation, const contract::Enricher& enricher);

}  // namespace davylamp::app
