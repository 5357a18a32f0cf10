// Every store and bus there is for the daemon. To add one, write its folder and put a line here. Apart from the
// sources, so that davylamp-agent links neither a store nor the rules.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "contract/bus.hpp"
#include "contract/heartbeat_journal.hpp"
#include "contract/store.hpp"

namespace davylamp::app {

// Throws Failure that names the file and what to do.
std::unique_ptr<contract::Store> open_store(const Config& config);
std::unique_ptr<contract::Bus> open_bus(const Config& config);
// Beside the store. Open it once to append (serve) and once to read (process). Null when no agent may report here.
std::unique_ptr<contract::HeartbeatJournal> open_journal(const Config& config);

}  // namespace davylamp::app
