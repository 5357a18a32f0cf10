// Made-up series with known changes, for tests and for bench_outlook: what a VPN server's load looks like, and what can
// happen to it.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

#include "base/time.hpp"

namespace davylamp::core::testing {

enum class Happening { nothing, drop, rise, drift, odd_value, outage };

struct LabelledSeries {
  static constexpr int values_a_day = 144;
  base::Time begins_at{};
  std::vector<double> values;  // one every ten minutes; negative: none
  Happening happening = Happening::nothing;
  std::size_t from = 0;  // the values that are not usual
  std::size_t to = 0;
};

// `days` of a series with a day and a week, multiplicative noise that remembers (AR(1), 0.5), and one happening in the
// last quarter, `hours` long.
inline LabelledSeries make_series(std::uint32_t seed, Happening happening, int days = 28, int hours = 8) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, 1);
  std::uniform_real_distribution<double> uniform(0, 1);
  LabelledSeries series;
  series.begins_at = base::Time(base::Seconds{1'780'272'000});
  series.happening = happening;
  const double level = std::exp(uniform(random) * 5 + 1);
  const double day = 0.2 + (0.6 * uniform(random));
  const double weekend = 0.6 + (0.4 * uniform(random));
  const double spread = 0.04 + (0.12 * uniform(random));
  const double phase = uniform(random) * 2 * std::numbers::pi;
  const auto count = static_cast<std::size_t>(days * LabelledSeries::values_a_day);
  series.from = count - static_cast<std::size_t>(uniform(random) * static_cast<double>(count) / 4) -
                static_cast<std::size_t>(hours * 6);
  series.to = series.from + (happening == Happening::odd_value ? 1 : static_cast<std::size_t>(hours * 6));
  double remembered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    remembered = (0.5 * remembered) + (std::sqrt(0.75) * noise(random));
    const double turn = 2 * std::numbers::pi * static_cast<double>(i % 144) / 144;
    const bool is_weekend = i / 144 % 7 >= 5;
    double value =
        level * (1 + (day * std::sin(turn + phase))) * (is_weekend ? weekend : 1) * std::exp(spread * remembered);
    if (i >= series.from && i < series.to) {
      const double part = static_cast<double>(i - series.from) / static_cast<double>(series.to - series.from);
      if (happening == Happening::drop) value *= 0.5;
      if (happening == Happening::rise) value *= 2;
      if (happening == Happening::drift) value *= 1 + (1.5 * part);
      if (happening == Happening::odd_value) value *= 4;
      if (happening == Happening::outage) value = 0;
    }
    series.values.push_back(value);
  }
  return series;
}

}  // namespace davylamp::core::testing
