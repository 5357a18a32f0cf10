// What is usual for a series at this hour of the week, learned from the series itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace davylamp::core {

// What is to be expected of one value. `low` to `high` holds about 95 of 100 usual ones.
struct Expected {
  double value = 0;
  double low = 0;
  double high = 0;
};

// Values are not negative; they are learned as log(1 + value), so that a series with ten times the level has ten times
// the room. Each hour of the week has an exponentially weighted mean, drawn towards that of its hour of the day while
// little is known of it (n / (n + 3), n values); the spread is one exponentially weighted mean absolute residual of
// the whole series times 1.2533, the standard deviation of a normal distribution with that mean absolute deviation.
// Weeks are UTC's.
class Baseline {
 public:
  // A week and a day: before that a weekend would be a surprise.
  static constexpr std::uint32_t least_values = 6 * 24 * 8;

  void learn(base::Time at, double value);
  // A mean over an hour of the past: `values` of them at once.
  void learn_hour(base::Time at, double mean);
  // Nothing before eight days are known, or of an hour of the week that was never seen.
  std::optional<Expected> expected(base::Time at) const;
  // How many standard deviations `value` is away from what is usual; nothing where expected() has nothing.
  std::optional<double> deviation(base::Time at, double value) const;
  // From now on everything is higher or lower by so many standard deviations: that is the new usual.
  void shift(double deviations);
  std::uint32_t values() const { return values_; }

 private:
  struct Slot {
    float mean = 0;
    std::uint16_t values = 0;
  };
  static void add(Slot& slot, double value, std::uint32_t weight);
  // Of the middle of an hour; between two of them on the line from one to the other.
  std::optional<double> usual(base::Time at) const;
  std::optional<double> usual_of_hour(base::Time at) const;
  double spread() const;
  // ... with what is not known of the hour itself, of which a few values were seen, and those not independent.
  double spread_at(base::Time at) const;
  void learn(base::Time at, double value, std::uint32_t weight);

  std::array<Slot, 7 * 24> of_week_{};
  std::array<Slot, 24> of_day_{};
  double residual_ = 0;
  std::uint32_t values_ = 0;
  std::uint32_t residuals_ = 0;
};

}  // namespace davylamp::core
