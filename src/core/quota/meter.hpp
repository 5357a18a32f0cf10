// What one limit counts for one subject, to the byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/quota/period_span.hpp"
#include "model/counters.hpp"
#include "model/limits.hpp"
#include "model/quota.hpp"

namespace davylamp::core {

// Bytes by the minute they are stored under. `uncut` is the part that moved since the last take(): what is stored as of
// that take and `uncut` together are everything, and nothing twice.
class Meter {
 public:
  // `cut` is the number of the last take().
  void add(const model::Counters& bytes, base::Time minute, std::uint64_t cut);
  // What is stored from the start on and from the end on, as of take `cut`.
  void set_stored(const model::Counters& from_start, const model::Counters& from_end, std::uint64_t cut);
  // Counts nothing until set_stored(), or all from now on when `counts_from_here`.
  void begin(const PeriodSpan& span, bool counts_from_here);
  // The period ended and `next` began. False when what belongs to `next` must be read from the store.
  bool move_on(const PeriodSpan& next);
  // Of the period, nothing forgiven yet.
  model::Counters counted() const { return total_ - ahead_; }
  std::uint64_t used(model::TrafficDirection direction) const;

  const PeriodSpan& span() const { return span_; }
  bool loaded() const { return loaded_; }
  // The bytes that a reset took back; not more than what is counted.
  void forgive(const model::Counters& bytes) { forgiven_ = bytes; }

 private:
  PeriodSpan span_;
  bool loaded_ = false;
  std::uint64_t cut_ = 0;
  model::Counters total_;  // since span_.start
  model::Counters ahead_;  // of it, since span_.end: a clock that runs ahead
  model::Counters uncut_;
  model::Counters forgiven_;
  model::Counters uncut_ahead_;
  base::Time furthest_{};  // the latest minute in ahead_
};

}  // namespace davylamp::core
