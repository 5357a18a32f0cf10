// Where heartbeats are kept the moment they are accepted: what is acknowledged to an agent survives a kill and a power
// cut, whatever the store is busy with. Blocking; give it to a Worker. Implementations: store/sqlite, store/memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/heartbeat.hpp"

namespace davylamp::contract {

class HeartbeatJournal {
 public:
  virtual ~HeartbeatJournal() = default;
  // What tells this journal from another: Observation::boot of its heartbeats. Never 0.
  virtual std::uint64_t boot() = 0;
  // Numbers them in order and makes them durable together (on the disk when this returns), or throws and keeps none.
  virtual void append(std::vector<model::Heartbeat>& heartbeats) = 0;
  // At most `most` whose number is greater than `after`, in order.
  virtual std::vector<model::Heartbeat> read(std::uint64_t after, std::size_t most) = 0;
  // Those up to `number` are in the store, and may be forgotten once they are older than `before`; returns how many.
  virtual std::uint64_t forget(std::uint64_t number, base::Time before) = 0;
};

}  // namespace davylamp::contract
