// The journal of heartbeats in a SQLite file of its own, so that an agent's answer waits for nothing but the disk.
#pragma once

#include <memory>
#include <string>

#include "contract/heartbeat_journal.hpp"

namespace davylamp::sqlite {

// "heartbeats.db" beside the database.
std::string journal_path(const std::string& database);
// Makes the file (mode 0600) when it is absent. One object appends; others may read and forget beside it. Throws
// base::Failure that names the file and what to do.
std::unique_ptr<contract::HeartbeatJournal> open_journal(const std::string& path);

}  // namespace davylamp::sqlite
