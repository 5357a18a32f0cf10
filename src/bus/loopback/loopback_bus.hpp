// The bus of a single process: bounded queues between the threads of the roles. Moves objects, no codec.
#pragma once

#include <memory>

#include "contract/bus.hpp"

namespace davylamp::loopback {

struct Capacity {
  std::size_t observations = 200'000;
  std::size_t changes_per_reader = 256;
  std::size_t commands_per_reader = 4'096;
  // Kept for a reader that comes after this one. Beyond it counters alone are not kept, as the next report has them.
  std::size_t unacknowledged = 1'000;
};

// When the observations queue is full the oldest PeerSeen, PeersMoved or PeersJudged is dropped first (the next report
// heals it); listings, ends and health only when nothing else is left. Every drop is counted.
std::unique_ptr<contract::Bus> open(const Capacity& capacity = {});

}  // namespace davylamp::loopback
