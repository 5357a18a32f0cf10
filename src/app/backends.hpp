// Every store and bus there is for the daemon. To add one, write its folder and put a line here. Apart from the
// sources, so that davylamp-agent links neither a store nor the rules.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "contract/bus.hpp"
#include "contract/store.hpp"

namespace davylamp::app {

// Throws Failure that names the file and what to do.
std::unique_ptr<contract::Store> open_store(const Config& config);
std::unique_ptr<contract::Bus> open_bus(const Config& config);

}  // namespace davylamp::app
