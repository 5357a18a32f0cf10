// The journal of heartbeats in the database, where several daemons append at once.
#pragma once

#include <memory>

#include "contract/heartbeat_journal.hpp"
#include "store/postgres/config.hpp"

namespace davylamp::postgres {

// The database must have been opened as a store before. Numbers are given and become visible in order: who appends
// waits for the one before.
std::unique_ptr<contract::HeartbeatJournal> open_journal(const Config& config);

}  // namespace davylamp::postgres
