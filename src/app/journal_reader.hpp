// The process role's end of the journal of heartbeats: what was accepted and has not come over the bus is read from
// there, at start and after a gap.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "contract/heartbeat_journal.hpp"
#include "io/worker.hpp"
#include "model/ledger.hpp"

namespace davylamp::app {

// On the process role's loop.
class JournalReader {
 public:
  // `source`: who its heartbeats are said by.
  JournalReader(model::SourceId source, std::unique_ptr<contract::HeartbeatJournal> journal);

  // Call first: `cursors` are what the store has.
  io::Task<void> begin(const std::vector<model::Cursor>& cursors);
  // The next ones that were accepted by then, in order, at most a thousand; none when there is no more. What was
  // applied while it was read is not among them.
  io::Task<std::vector<model::Observation>> next(base::Time until = base::Time::max());
  // Whether this one comes after a gap: then next() has what is missing, this one included.
  bool leaves_gap(const model::Observation& observation) const;
  // The number of the last that was applied.
  std::uint64_t last() const { return last_; }
  // It was applied.
  void took(const model::Observation& observation);
  // Those that the store has, by its cursors, and that are older than `before` are forgotten.
  io::Task<std::uint64_t> forget(const std::vector<model::Cursor>& stored, base::Time before);

 private:
  std::uint64_t number_of(const std::vector<model::Cursor>& cursors) const;

  model::SourceId source_;
  io::Worker<contract::HeartbeatJournal> journal_;
  std::uint64_t boot_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace davylamp::app
