// A guess at how a period will go on.
//
// The pace is a mean of two: this period's so far (used / elapsed) and the last one's (its bytes / its length), weighed
// by the part w of the period that is over: pace = w * this + (1 - w) * last. Early in a period the last one speaks,
// late in it the present one. Without a last period, the present one speaks alone once it is an hour old.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace davylamp::core {

struct SoFar {
  base::Time since{};             // the start of the period, or of the counting in it: a reset
  std::optional<base::Time> end;  // of the period
  std::uint64_t used_bytes = 0;   // since then
  std::uint64_t allowed_bytes = 0;
  std::optional<double> last_pace;  // bytes a second, in the period before
};

struct Forecast {
  std::optional<base::Time> runs_out_at;        // absent when it lasts, or cannot be known
  std::optional<std::uint64_t> forecast_bytes;  // absent when the period has no end, or it cannot be known
};

Forecast forecast(const SoFar& so_far, base::Time now);

}  // namespace davylamp::core
