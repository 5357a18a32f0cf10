// What a row of probes says of a path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/heartbeat.hpp"

namespace davylamp::probe {

// `times_milliseconds` has one entry for each probe in the order sent; without a value it was lost. Latency is the
// median; jitter the mean difference of neighbours that both came back, and needs two.
model::PathReport path_figures(std::string target, const std::vector<std::optional<double>>& times_milliseconds);

}  // namespace davylamp::probe
