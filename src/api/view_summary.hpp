// Sums over the open sessions. Pure.
#pragma once

#include <string>
#include <vector>

#include "api/dto/map.hpp"
#include "api/dto/stats.hpp"
#include "api/live_view.hpp"

namespace davylamp::api {

// All members but `at`, `today` and `day_before`. No servers means all of them.
Stats summarise(const LiveView& view, const std::vector<std::string>& servers);

// Points by most sessions first.
MapView map_of(const LiveView& view, const std::vector<std::string>& servers);

}  // namespace davylamp::api
