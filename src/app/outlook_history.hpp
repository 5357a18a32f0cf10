// What series were like before this start, read from the store: early warnings need weeks.
#pragma once

#include <vector>

#include "contract/store.hpp"
#include "core/outlook/series_watch.hpp"

namespace davylamp::app {

// The hours of the last six weeks of these servers, and of the last agents, in order of time for each series. Blocks;
// throws what the store throws.
std::vector<core::PastHour> read_history(contract::StoreReader& reader, const std::vector<std::string>& servers,
                                         base::Time now);

}  // namespace davylamp::app
