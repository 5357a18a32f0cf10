// How far a collector's clock is from ours, and what that makes of the times it tells. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/time.hpp"
#include "model/observation.hpp"

namespace davylamp::uplink {

// One question and its answer, as NTP has it (RFC 5905, section 8): asked and answered by our clock, heard and told by
// the collector's.
struct RoundTrip {
  base::Time asked_at{};
  base::Time heard_at{};
  base::Time told_at{};
  base::Time answered_at{};
};

struct Skew {
  base::Milliseconds offset{};       // the collector's clock less ours
  base::Milliseconds uncertainty{};  // half of the way there and back: it cannot be further off
};
// Nothing when the times contradict each other (a clock was set meanwhile).
std::optional<Skew> skew_of(const RoundTrip& trip);

// The best of several: what came back soonest was delayed least. `in_force` is what times are corrected by; it stays as
// it is while what is measured differs by no more than a second, so that the begin of a session has one value.
class SkewMeter {
 public:
  static constexpr base::Milliseconds worth_correcting{1'000};
  // `known`: what was measured on an earlier connection.
  explicit SkewMeter(std::optional<base::Milliseconds> known = std::nullopt);
  // True when what is in force changed.
  bool add(const RoundTrip& trip);
  // Forgets the samples: a new round begins.
  void begin_round() { best_.reset(); }
  std::optional<Skew> measured() const { return best_; }
  base::Milliseconds in_force() const { return in_force_; }

 private:
  std::optional<Skew> best_;
  base::Milliseconds in_force_{};
};

// Takes `offset` from every time that the collector's clock gave.
void correct(model::Observation& observation, base::Milliseconds offset);

}  // namespace davylamp::uplink
