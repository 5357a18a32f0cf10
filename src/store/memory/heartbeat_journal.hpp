// The journal of heartbeats in memory, for tests.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "contract/heartbeat_journal.hpp"

namespace davylamp::memory {

struct Heartbeats {
  std::mutex mutex;
  std::uint64_t last = 0;
  std::map<std::uint64_t, model::Heartbeat> rows;
};

// Each object of the same `heartbeats` is the same journal.
std::unique_ptr<contract::HeartbeatJournal> open_journal(std::shared_ptr<Heartbeats> heartbeats);

}  // namespace davylamp::memory
